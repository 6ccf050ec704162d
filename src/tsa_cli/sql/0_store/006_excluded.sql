-- tables: excluded_agents, excluded_ips, excluded_actors: whose events are in no analysis
-- views:  identity_links, with the pair of ids
-- notes:  what a store left out so far: the agents of bots. `tsa sessionize` makes them anew from sessions.yaml
create table excluded_agents (
    agent_key integer not null                      -- -> user_agents
);

create table excluded_ips (
    ip_key integer not null                         -- -> ips
);

create table excluded_actors (
    actor_key integer not null                      -- -> actors
);

insert into excluded_agents
select agent_key
from user_agents
where is_bot;

create or replace view identity_links as
select
    a.anonymous_id,                                 -- identify: the device; alias: the previous id
    a.known_id as user_id,                          -- the known id
    case r.event_code when 65534 then 'alias' else 'identify' end as kind,
    r.event_ts as seen_ts,
    r.load_id,
    r.rowid as event_seq,
    r.actor_key
from raw_events as r
inner join actors as a on r.actor_key = a.actor_key
where r.event_code >= 65534

-- view:   encoded_events (temporary), events of people
-- reads:  events, event_flags, actors, user_agents
-- slots:  @is_server
-- notes:  bots are left out; joins of integers only
create or replace temp view encoded_events as
select
    a.device_key,
    e.actor_key,
    e.event_ts,
    e.event_code,
    e.page_key,
    e.referrer_key,
    e.agent_key,
    e.ip_key,
    e.event_seq,
    @is_server as is_server,
    a.known_id is not null as is_known
from events as e
inner join event_flags as t on e.event_code = t.event_code
inner join actors as a on e.actor_key = a.actor_key
left join user_agents as u on e.agent_key = u.agent_key
where not coalesce(u.is_bot, false)

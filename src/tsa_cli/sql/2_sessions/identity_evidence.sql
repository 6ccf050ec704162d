-- table:  evidence (temporary), which ids were seen together, how often and when
-- reads:  actors, actor_stats, identity_links, excluded_actors
-- params: $before_ts TIMESTAMP  later links are not looked at
create or replace temp table evidence as
select
    a.anonymous_id,
    a.known_id as user_id,
    'event' as source,
    s.first_ts as first_seen,
    s.last_ts as last_seen,
    s.event_count
from actors as a
inner join actor_stats as s on a.actor_key = s.actor_key
where a.anonymous_id is not null and a.known_id is not null
union all
select
    anonymous_id,
    user_id,
    kind as source,
    min(seen_ts) as first_seen,
    max(seen_ts) as last_seen,
    count(*) as event_count
from identity_links
where anonymous_id is not null
    and user_id is not null
    and seen_ts < $before_ts
    and actor_key not in (select actor_key from excluded_actors)
group by anonymous_id, user_id, kind

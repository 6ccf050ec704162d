-- table:  actor_stats (temporary), how often and when each affected pair of ids was seen, new events added
-- reads:  affected_actors, new_core
create or replace temp table actor_stats as
with added as (
    select
        actor_key,
        count(*) as event_count,
        min(event_ts) as first_ts,
        max(event_ts) as last_ts
    from new_core
    group by actor_key
)
select
    a.actor_key,
    a.event_count + coalesce(n.event_count, 0) as event_count,
    least(a.first_ts, n.first_ts) as first_ts,
    greatest(a.last_ts, n.last_ts) as last_ts
from affected_actors as a
left join added as n on a.actor_key = n.actor_key
where a.event_count > 0 or n.actor_key is not null

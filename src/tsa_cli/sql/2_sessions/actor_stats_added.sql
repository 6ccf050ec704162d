-- table:  actor_stats (temporary), how often and when each pair of ids was seen, new events added
-- reads:  actors, new_core
create or replace temp table actor_stats as
select
    actor_key,
    cast(sum(event_count) as bigint) as event_count,
    min(first_ts) as first_ts,
    max(last_ts) as last_ts
from (
    select
        actor_key,
        event_count,
        first_ts,
        last_ts
    from actors
    where event_count > 0
    union all
    select
        actor_key,
        count(*) as event_count,
        min(event_ts) as first_ts,
        max(event_ts) as last_ts
    from new_core
    group by actor_key
)
group by actor_key

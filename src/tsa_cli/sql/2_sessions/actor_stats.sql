-- table:  actor_stats (temporary), how often and when each pair of ids was seen
-- reads:  core
-- params: $before_ts TIMESTAMP  later events are not looked at
create or replace temp table actor_stats as
select
    actor_key,
    count(*) as event_count,
    min(event_ts) as first_ts,
    max(event_ts) as last_ts
from core
where event_ts < $before_ts
group by actor_key

-- answer: clock hours (UTC) with at least one event, by period
-- reads:  core
-- params: $since, $until TIMESTAMP  both inclusive;  $is_one_period BOOLEAN;  $grain day | week | month
--         $timezone VARCHAR;  $shift_days INTEGER  1 where weeks start on Sunday
with local_events as (
    select
        event_ts,
        case
            when $timezone = 'UTC' then event_ts
            else timezone($timezone, timezone('UTC', event_ts))
        end as local_ts
    from core
    where event_ts >= $since and event_ts <= $until
),
placed as (
    select
        event_ts,
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period
    from local_events
)
select
    period,
    count(distinct date_trunc('hour', event_ts)) as hour_count
from placed
group by period

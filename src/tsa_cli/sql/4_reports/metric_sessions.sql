-- answer: sessions by the period they begin in, the first value of the dimension that they tell, and the
--         matchers that hold for one of their events (bit k: matcher k)
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $since, $until TIMESTAMP  of the session's start, both inclusive;  $as_of TIMESTAMP
--         $is_one_period BOOLEAN;  $grain day | week | month;  $timezone VARCHAR
--         $shift_days INTEGER  1 where weeks start on Sunday
--         $is_duration BOOLEAN  the value is the session's exact length in seconds
-- slots:  @columns, @joins, @mask from the matchers; @value, @dimension from keys
with readable as (
    select
        c.core_seq,
        c.session_key,
        c.event_ts
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.session_key is not null and c.event_ts <= $as_of
),
marked as (
    select
        core_seq,
        session_key,
        event_ts,
        cast(@dimension as varchar) as dimension_value,
        @mask as marks,
        try_cast(cast(@value as varchar) as double) as value
    from readable
),
visits as (
    select
        min(event_ts) as start_ts,
        arg_min(dimension_value, core_seq) as dimension_value,
        bit_or(marks) as marks,
        case
            when $is_duration then (epoch_us(max(event_ts)) - epoch_us(min(event_ts))) / 1e6
            else arg_min(value, core_seq)
        end as value
    from marked
    group by session_key
),
local_visits as (
    select
        *,
        case
            when $timezone = 'UTC' then start_ts
            else timezone($timezone, timezone('UTC', start_ts))
        end as local_ts
    from visits
    where start_ts >= $since and start_ts <= $until
),
placed as (
    select
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period,
        dimension_value,
        marks,
        value
    from local_visits
)
select
    period,
    dimension_value,
    marks,
    0 as session_count,
    0 as device_count,
    false as is_identified,
    count(*) as entity_count,
    sum(value) as value_sum
from placed
group by period, dimension_value, marks

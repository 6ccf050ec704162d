-- answer: events by period, value of the dimension and the matchers that hold (bit k: matcher k)
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $since, $until TIMESTAMP  both inclusive;  $is_one_period BOOLEAN;  $grain day | week | month
--         $timezone VARCHAR;  $shift_days INTEGER  1 where weeks start on Sunday
-- slots:  @columns, @joins, @mask from the matchers; @value, @dimension from keys
with readable as (
    select
        case
            when $timezone = 'UTC' then c.event_ts
            else timezone($timezone, timezone('UTC', c.event_ts))
        end as local_ts
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts >= $since and c.event_ts <= $until
),
marked as (
    select
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period,
        cast(@dimension as varchar) as dimension_value,
        @mask as marks,
        try_cast(cast(@value as varchar) as double) as value
    from readable
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
from marked
group by period, dimension_value, marks

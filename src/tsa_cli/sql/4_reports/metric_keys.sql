-- answer: distinct values of a key by the period of the first event that brings it in (matcher 0), and
--         the matchers that hold for one of its events (bit k: matcher k)
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $since, $until TIMESTAMP  of that first event, both inclusive;  $as_of TIMESTAMP
--         $is_one_period BOOLEAN;  $grain day | week | month;  $timezone VARCHAR
--         $shift_days INTEGER  1 where weeks start on Sunday
--         $is_any_name BOOLEAN, $names VARCHAR[]  the event names that a matcher can hold for
-- slots:  @columns, @joins, @mask from the matchers; @key, @dimension from keys; @value is not read
-- notes:  the dimension is that of the first such event that has a value; events without the key count as one per
--         session, server-side ones as one per user, and so do those whose value nothing brings in: an order gets
--         its id where it is placed, in logs that know none where it is begun
with readable as (
    select
        c.core_seq,
        c.session_key,
        a.user_key,
        c.event_ts
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts <= $as_of and ($is_any_name or list_contains($names, w.event_type))
),
marked as (
    select
        core_seq,
        event_ts,
        cast(@key as varchar) as key_value,
        session_key,
        user_key,
        cast(@dimension as varchar) as dimension_value,
        @mask as marks
    from readable
),
known as (
    select
        * replace (
            case when key_value in (select m.key_value from marked as m where m.marks & 1 = 1) then key_value end as key_value
        )
    from marked
    where marks <> 0
),
keyed as (
    select
        min(event_ts) filter (where marks & 1 = 1) as first_ts,
        arg_min(dimension_value, (event_ts, core_seq)) filter (where marks & 1 = 1) as dimension_value,
        bit_or(marks) as marks
    from known
    group by
        key_value,
        case when key_value is null then session_key end,
        case when key_value is null and session_key is null then user_key end
),
local_keys as (
    select
        *,
        case
            when $timezone = 'UTC' then first_ts
            else timezone($timezone, timezone('UTC', first_ts))
        end as local_ts
    from keyed
    where first_ts >= $since and first_ts <= $until
),
placed as (
    select
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period,
        dimension_value,
        marks
    from local_keys
)
select
    period,
    dimension_value,
    marks,
    0 as session_count,
    0 as device_count,
    false as is_identified,
    count(*) as entity_count,
    0.0 as value_sum
from placed
group by period, dimension_value, marks

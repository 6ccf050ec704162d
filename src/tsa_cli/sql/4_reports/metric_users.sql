-- answer: users by period of activity, value of the dimension, what they had in it, and the matchers
--         that hold for one of their events in it (bit k: matcher k)
-- reads:  core, actors, event_types, session_rows, and what the matchers ask for
-- params: $since, $until TIMESTAMP  both inclusive;  $is_one_period BOOLEAN;  $grain day | week | month
--         $timezone VARCHAR;  $shift_days INTEGER  1 where weeks start on Sunday
--         $most INTEGER  sessions and devices are counted up to this many; 0 counts none
-- slots:  @columns, @joins, @mask from the matchers; @is_counted, of which events the sessions and devices count;
--         @dimension from a key; @value is not read
-- notes:  a server-side event has no session and tells of no device; a session belongs to one user, as in
--         dim_sessions: what came before a login on a shared device is an event of that device, not a
--         session of its own
with readable as (
    select
        a.user_key,
        a.known_id is not null as is_known,
        case when $most > 0 then c.session_key end as session_key,
        case when $most > 0 and c.session_key is not null then c.device_key end as device_key,
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
        user_key,
        is_known,
        case when @is_counted then session_key end as session_key,
        case when @is_counted then device_key end as device_key,
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period,
        cast(@dimension as varchar) as dimension_value,
        @mask as marks
    from readable
),
people as (
    select
        m.period,
        m.dimension_value,
        bit_or(m.marks) as marks,
        least(count(distinct s.session_key), $most) as session_count,
        least(count(distinct m.device_key), $most) as device_count,
        bool_or(m.is_known) as is_identified
    from marked as m
    left join session_rows as s on m.session_key = s.session_key and m.user_key = s.user_key
    group by m.user_key, m.period, m.dimension_value
)
select
    period,
    dimension_value,
    marks,
    session_count,
    device_count,
    is_identified,
    count(*) as entity_count,
    0.0 as value_sum
from people
group by period, dimension_value, marks, session_count, device_count, is_identified

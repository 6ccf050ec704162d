-- table:  user_time_scale, how a user and a moment share one integer; no row where they do not fit
-- reads:  core, actors, users_index
-- notes:  whole milliseconds where all times are that, else microseconds; the time has two bits to spare, one for the
--         windows of funnels and one for what comes later, the user one. 62 bits leave sums of keys and windows room
create or replace table user_time_scale as
with extent as (
    select
        min(epoch_us(event_ts)) as first_us,
        max(epoch_us(event_ts)) as last_us,
        case when bool_and(epoch_us(event_ts) % 1000 = 0) then 1000 else 1 end as tick_us
    from core
),
measured as (
    select
        first_us,
        tick_us,
        length(bin((last_us - first_us) // tick_us)) + 2 as time_bits,
        length(bin((select max(user_key) from users_index))) + 1 as user_bits
    from extent
),
summed as (
    select
        user_key,
        sum(sum(event_count)) over (order by user_key) as event_count
    from actors
    group by user_key
)
select
    first_us as epoch_us,                             -- UTC; the moment 0
    cast(tick_us as bigint) as tick_us,               -- microseconds per unit of time
    cast(time_bits as integer) as time_bits,
    (
        select min(user_key)
        from summed
        where 2 * event_count >= (select max(event_count) from summed)
    ) as middle_user                                  -- half of the events are of users up to this one
from measured
where time_bits + user_bits <= 62

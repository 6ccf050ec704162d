-- ClickHouse's windowFunnel; $core is core_by_type (event type, user, time) or core_by_user (user, time)
-- section: four_steps
with
    (select event_code from event_types where event_type = 'price_checked') as one,
    (select event_code from event_types where event_type = 'service_viewed') as two,
    (select event_code from event_types where event_type = 'booking_started') as three,
    (select event_code from event_types where event_type = 'booking_completed') as four
select countIf(level >= 1) as step1, countIf(level >= 2) as step2, countIf(level >= 3) as step3, countIf(level >= 4) as step4
from (
    select
        user_key,
        windowFunnel($window_ms)(event_ms, event_code = one, event_code = two, event_code = three, event_code = four) as level
    from $core
    where event_code in (one, two, three, four)
    group by user_key
)
-- section: by_property
with
    (select event_code from event_types where event_type = 'price_checked') as one,
    (select event_code from event_types where event_type = 'service_viewed') as two,
    (select event_code from event_types where event_type = 'booking_started') as three,
    (select event_code from event_types where event_type = 'booking_completed') as four
select countIf(level >= 1) as step1, countIf(level >= 2) as step2, countIf(level >= 3) as step3, countIf(level >= 4) as step4
from (
    select
        user_key,
        windowFunnel($window_ms)(
            event_ms,
            event_code = one
                and JSONExtractString(properties, 'service_category') in ('screen_repair', 'battery_replacement'),
            event_code = two and JSONExtractFloat(properties, 'price') >= 50,
            event_code = three,
            event_code = four
        ) as level
    from $core
    where event_code in (one, two, three, four)
    group by user_key
)
-- section: by_segment
with
    (select event_code from event_types where event_type = 'price_checked') as one,
    (select event_code from event_types where event_type = 'service_viewed') as two,
    (select event_code from event_types where event_type = 'booking_started') as three,
    (select event_code from event_types where event_type = 'booking_completed') as four,
    levels as (
        select
            user_key,
            windowFunnel($window_ms)(event_ms, event_code = one, event_code = two, event_code = three, event_code = four)
                as level
        from $core
        where event_code in (one, two, three, four)
        group by user_key
    )
select
    users.segment as label,
    countIf(level >= 1) as step1,
    countIf(level >= 2) as step2,
    countIf(level >= 3) as step3,
    countIf(level >= 4) as step4
from levels
inner join users on levels.user_key = users.user_key
group by label
having step1 > 0
order by label
-- section: strict_order
with
    (select event_code from event_types where event_type = 'page_viewed') as one,
    (select event_code from event_types where event_type = 'service_viewed') as two,
    (select event_code from event_types where event_type = 'price_checked') as three
select countIf(level >= 1) as step1, countIf(level >= 2) as step2, countIf(level >= 3) as step3
from (
    select user_key, max(level) as level
    from (
        select
            user_key,
            multiIf(
                second_code <> two or second_ms <= event_ms or second_ms > event_ms + $window_ms, 1,
                third_code <> three or third_ms <= second_ms or third_ms > event_ms + $window_ms, 2,
                3
            ) as level
        from (
            select
                user_key,
                event_ms,
                event_code,
                leadInFrame(event_code, 1) over following as second_code,
                leadInFrame(event_ms, 1) over following as second_ms,
                leadInFrame(event_code, 2) over following as third_code,
                leadInFrame(event_ms, 2) over following as third_ms
            from $core
            window following as (
                partition by user_key order by event_ms, core_seq rows between current row and unbounded following
            )
        )
        where event_code = one
    )
    group by user_key
)
-- section: repeated_steps
-- windowFunnel forgets an attempt when its own event, or another of the same moment, begins the next one. So each price
-- check is there twice, as a second and as a first one, and of one moment the later step comes first: 4t, 4t + 1, …
with
    (select event_code from event_types where event_type = 'price_checked') as one,
    (select event_code from event_types where event_type = 'booking_started') as three,
    (select event_code from event_types where event_type = 'booking_completed') as four
select countIf(level >= 1) as step1, countIf(level >= 2) as step2, countIf(level >= 3) as step3, countIf(level >= 4) as step4
from (
    select
        user_key,
        windowFunnel(4 * $window_ms)(4 * event_ms + place, place = 3, place = 2, place = 1, place = 0) as level
    from (
        select user_key, event_ms, arrayJoin(multiIf(event_code = one, [2, 3], event_code = three, [1], [0])) as place
        from $core
        where event_code in (one, three, four)
    )
    group by user_key
)
-- section: held_booking
with
    (select event_code from event_types where event_type = 'booking_started') as one,
    (select event_code from event_types where event_type = 'booking_completed') as two,
    (select event_code from event_types where event_type = 'service_completed') as three,
    (select event_code from event_types where event_type = 'pickup') as four
select countIf(level >= 1) as step1, countIf(level >= 2) as step2, countIf(level >= 3) as step3, countIf(level >= 4) as step4
from (
    select user_key, max(level) as level
    from (
        select
            user_key,
            windowFunnel($window_ms)(event_ms, event_code = one, event_code = two, event_code = three, event_code = four)
                as level
        from $core
        where event_code in (one, two, three, four)
        group by user_key, JSONExtractString(properties, 'booking_id')
    )
    group by user_key
)

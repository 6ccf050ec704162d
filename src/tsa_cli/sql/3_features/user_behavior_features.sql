-- table:  user_behavior_features, one row per user with an event before the moment
-- reads:  feature_flags, feature_actors, core, events, service_events;
--         lent by the step: visit_tallies and window_tallies (kernels/visit_tallies.py), and travellers_visits,
--         those of users with several devices
-- params: $before_ts TIMESTAMP  nothing at or after it is looked at
--         $as_of TIMESTAMP      the moment as asked for; days are counted back from it
--         $window_count INTEGER  windows of the trends
--         $negative_at_most DOUBLE  a rating up to it is negative
--         $pages_weight, $pages_half, $duration_weight, $duration_half, $interactions_weight,
--         $interactions_half, $sessions_weight, $sessions_half DOUBLE  of engagement_score
--         $checks_weight, $checks_half, $unbooked_weight, $unbooked_half, $comparisons_weight,
--         $comparisons_half DOUBLE  of price_sensitivity_score
-- notes:  two counts lie in the halves of one number, each far below 2^32, since an aggregate costs as much as to
--         find the group; what is summed is whole numbers: a sum of fractions depends on the order of rows in its
--         last digit; visits that begin at one moment are in the order of their first events' ids, as events at one moment are:
--         session ids depend on what had come when they were made
with people as (
    select
        user_key,
        any_value(user_id) as user_id,
        max(last_ts) as last_ts
    from feature_actors
    where last_ts is not null
    group by user_key
),
counted as (
    select
        a.user_key,
        cast(sum(e.checks_and_views & 4294967295) as bigint) as price_checks,
        cast(sum(e.checks_and_views >> 32) as bigint) as service_views,
        cast(sum(e.attempts_and_comparisons & 4294967295) as bigint) as booking_attempts,
        cast(sum(e.attempts_and_comparisons >> 32) as bigint) as comparisons,
        cast(sum(e.support_and_negative & 4294967295) as bigint) as support,
        cast(sum(e.support_and_negative >> 32) as bigint) as negative
    from (
        select
            c.actor_key,
            cast(sum(f.checks_and_views) as bigint) as checks_and_views,
            cast(sum(f.attempts_and_comparisons) as bigint) as attempts_and_comparisons,
            cast(sum(f.support_and_negative) as bigint) as support_and_negative
        from core as c
        inner join feature_flags as f on c.event_code = f.event_code
        where c.event_ts < $before_ts
        group by c.actor_key
    ) as e
    inner join feature_actors as a on e.actor_key = a.actor_key
    group by a.user_key
),
bookings as (
    select
        user_key,
        count(*) as total_bookings,
        coalesce(sum(booking_value), 0) as monetary_value
    from (
        select
            a.user_key,
            max(b.booking_value) as booking_value
        from service_events as b
        inner join feature_actors as a on b.actor_key = a.actor_key
        where b.is_booking and b.event_ts < $before_ts
        group by a.user_key, b.booking_id, case when b.booking_id is null then b.event_seq end
    )
    group by user_key
),
ratings as (
    select
        a.user_key,
        count(*) as negative
    from service_events as b
    inner join feature_actors as a on b.actor_key = a.actor_key
    where
        b.rating <= $negative_at_most
        and b.event_ts < $before_ts
        and b.event_seq not in (
            select c.event_seq
            from core as c
            inner join feature_flags as f on c.event_code = f.event_code
            where f.is_negative_anyway
        )
    group by a.user_key
),
visits as (
    select
        user_key,
        total_sessions,
        duration_us / total_sessions / 1e6 as avg_session_duration,
        page_views,
        page_views / total_sessions as pages_per_session,
        interactive_count / total_sessions as interactions_per_session,
        conversion_count / total_sessions as conversion_rate,
        mobile_count / total_sessions as mobile_rate,
        first_visit_us,
        last_visit_us,
        nights,
        mornings,
        afternoons,
        evenings,
        mondays,
        tuesdays,
        wednesdays,
        thursdays,
        fridays,
        saturdays,
        sundays
    from visit_tallies
),
tied as (
    select
        v.first_event_seq,
        e.event_id
    from travellers_visits as v
    inner join (
        select
            user_key,
            start_us
        from travellers_visits
        group by user_key, start_us
        having count(*) > 1
    ) as m on v.user_key = m.user_key and v.start_us = m.start_us
    inner join events as e on v.first_event_seq = e.event_seq
),
switches as (
    select
        user_key,
        count(distinct device_key) as devices,
        avg(case when device_key <> previous_device_key then 1 when previous_device_key is not null then 0 end)
            as switching_rate
    from (
        select
            f.user_key,
            f.device_key,
            lag(f.device_key) over (partition by f.user_key order by f.start_us, t.event_id) as previous_device_key
        from travellers_visits as f
        left join tied as t on f.first_event_seq = t.first_event_seq
    )
    group by user_key
),
measured as (
    select
        user_key,
        null as window_index,
        total_sessions,
        avg_session_duration,
        pages_per_session,
        interactions_per_session
    from visits
    union all
    select
        user_key,
        window_index,
        total_sessions,
        duration_us / total_sessions / 1e6 as avg_session_duration,
        page_views / total_sessions as pages_per_session,
        interactive_count / total_sessions as interactions_per_session
    from window_tallies
),
scored as (
    select
        user_key,
        window_index,
        total_sessions,
        (
            $pages_weight * pages_per_session / (pages_per_session + $pages_half)
            + $duration_weight * avg_session_duration / (avg_session_duration + $duration_half)
            + $interactions_weight * interactions_per_session / (interactions_per_session + $interactions_half)
            + $sessions_weight * total_sessions / (total_sessions + $sessions_half)
        ) / ($pages_weight + $duration_weight + $interactions_weight + $sessions_weight) as engagement
    from measured
),
engaged as (
    select
        user_key,
        max(case when window_index is null then engagement end) as engagement_score,
        coalesce(sum((window_index - ($window_count - 1) / 2) * total_sessions), 0) as frequency_moment,
        coalesce(
            sum(cast(round((window_index - ($window_count - 1) / 2) * engagement * 1e15) as bigint)) / 1e15, 0
        ) as engagement_moment
    from scored
    group by user_key
),
average as (
    select coalesce((select sum(price_checks) from counted), 0) / (select count(*) from people) as avg_price_checks
),
joined as (
    select
        p.user_id,
        p.last_ts,
        coalesce(e.price_checks, 0) as price_checks,
        coalesce(e.service_views, 0) as service_views,
        coalesce(e.booking_attempts, 0) as booking_attempts,
        coalesce(e.comparisons, 0) as comparisons,
        coalesce(e.support, 0) as support,
        coalesce(e.negative, 0) as negative,
        v.* exclude (user_key, total_sessions, page_views),
        coalesce(w.devices - 1, 0) as device_switches,
        coalesce(v.total_sessions, 0) as total_sessions,
        coalesce(v.page_views, 0) as page_views,
        coalesce(b.total_bookings, 0) as total_bookings,
        cast(greatest(least(coalesce(b.monetary_value, 0), 9999999999999999.99), -9999999999999999.99) as decimal(18, 2)) as monetary_value,
        coalesce(r.negative, 0) as negative_ratings,
        coalesce(g.engagement_score, 0) as engagement_score,
        coalesce(g.frequency_moment, 0) as frequency_moment,
        coalesce(g.engagement_moment, 0) as engagement_moment,
        case when v.total_sessions > 1 then coalesce(w.switching_rate, 0) end as switching_rate, -- one device: no switch
        coalesce(e.price_checks, 0) / greatest(coalesce(v.total_sessions, 0), 1) as checks_per_session,
        coalesce(e.price_checks, 0) / (1 + coalesce(b.total_bookings, 0)) as checks_per_booking,
        $window_count * ($window_count * $window_count - 1) / 12 as window_spread
    from people as p
    left join counted as e on p.user_key = e.user_key
    left join visits as v on p.user_key = v.user_key
    left join bookings as b on p.user_key = b.user_key
    left join ratings as r on p.user_key = r.user_key
    left join engaged as g on p.user_key = g.user_key
    left join switches as w on p.user_key = w.user_key
)
select
    user_id,                                                            -- the stitched user, as known at as_of
    avg_session_duration,                                               -- seconds; null without a visit
    cast(page_views as integer) as total_page_views,                    -- page view events in visits
    pages_per_session,                                                  -- total_page_views / total_sessions; null without a visit
    conversion_rate as booking_conversion_rate,                         -- 0-1: visits with a conversion event / total_sessions
    (
        $checks_weight * checks_per_session / (checks_per_session + $checks_half)
        + $unbooked_weight * checks_per_booking / (checks_per_booking + $unbooked_half)
        + $comparisons_weight * comparisons / (comparisons + $comparisons_half)
    ) / ($checks_weight + $unbooked_weight + $comparisons_weight) as price_sensitivity_score, -- 0-1: mean of w * x / (x + half), x = price checks per visit, price checks / (1 + bookings), comparisons
    engagement_score,                                                   -- 0-1: mean of w * x / (x + half), x = pages per visit, seconds per visit, interactions per visit, visits
    cast((epoch_us($as_of) - epoch_us(last_ts)) // 86400000000 as integer) as recency_days, -- whole days since the last event of any kind
    cast(total_sessions as integer) as frequency_visits,                -- visits; the same number as total_sessions
    monetary_value,                                                     -- sum of booking values, of an id the greatest; shop's currency
    case greatest(mornings, afternoons, evenings, nights)
        when mornings then 'morning'
        when afternoons then 'afternoon'
        when evenings then 'evening'
        when nights then 'night'
    end as preferred_time_of_day,                                       -- when most visits begin, local: morning 6-12, afternoon 12-18, evening 18-24, night 0-6; of equals the first named
    case greatest(mondays, tuesdays, wednesdays, thursdays, fridays, saturdays, sundays)
        when mondays then 'monday'
        when tuesdays then 'tuesday'
        when wednesdays then 'wednesday'
        when thursdays then 'thursday'
        when fridays then 'friday'
        when saturdays then 'saturday'
        when sundays then 'sunday'
    end as preferred_day_of_week,                                       -- when most visits begin, local; of equals the earlier from Monday
    switching_rate as device_switching_rate,                            -- 0-1: visits on another device than the visit before / visits but the first; null with one visit
    case
        when booking_attempts > 0 then greatest(0.0::double, 1 - total_bookings / booking_attempts)
    end as cart_abandonment_rate,                                       -- 0-1: 1 - total_bookings / booking_attempts, not below 0; null without an attempt
    $as_of as last_updated,                                             -- UTC, the same as as_of
    cast(total_sessions as integer) as total_sessions,                  -- visits begun before as_of
    cast(price_checks as integer) as price_check_events,                -- events
    cast(service_views as integer) as service_view_events,              -- events
    cast(booking_attempts as integer) as booking_attempts,              -- events that start a booking
    cast(comparisons as integer) as price_comparison_events,            -- events
    cast(total_bookings as integer) as total_bookings,                  -- bookings, cancelled ones too; a booking id counts once
    mobile_rate as mobile_usage_rate,                                   -- 0-1: visits on a phone / total_sessions; null without a visit
    cast(device_switches as integer) as device_switches, -- devices of the visits - 1
    cast((epoch_us($as_of) - first_visit_us) // 86400000000 as integer) as days_since_first_visit, -- whole days since the first visit began; null without a visit
    cast((epoch_us($as_of) - last_visit_us) // 86400000000 as integer) as days_since_last_visit, -- whole days since the last visit ended; null without a visit
    avg_price_checks,                                                   -- mean price_check_events of all users of this table
    cast(support as integer) as support_tickets,                        -- events
    cast(negative + negative_ratings as integer) as negative_feedback_count, -- events that are negative by name or by rating
    case when total_bookings > 0 then monetary_value / total_bookings end as avg_booking_value, -- monetary_value / total_bookings; null without a booking
    frequency_moment / window_spread as session_frequency_trend, -- visits per window, per window: least-squares slope over the trend windows that end at as_of
    engagement_moment / window_spread as engagement_score_trend,        -- engagement_score per window: least-squares slope, 0 in a window without visits
    $as_of as as_of                                                     -- UTC: events before it count; by default the newest event, included
from joined
cross join average

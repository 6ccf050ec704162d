-- table:  user_behavior_features, one row per user with an event before the moment
-- reads:  feature_flags, feature_actors, core, service_events;
--         lent by the step: visit_tallies (kernels/visit_tallies.py, engagement.py, device_switches.py) and
--         event_tallies (kernels/event_tallies.py), a row for each user who has any
-- params: $before_ts TIMESTAMP  nothing at or after it is looked at
--         $as_of TIMESTAMP      the moment as asked for; days are counted back from it
--         $negative_at_most DOUBLE  a rating up to it is negative
--         $checks_weight, $checks_half, $unbooked_weight, $unbooked_half, $comparisons_weight,
--         $comparisons_half DOUBLE  of price_sensitivity_score
with people as (
    select
        user_key,
        any_value(user_id) as user_id,
        max(last_ts) as last_ts
    from feature_actors
    where last_ts is not null
    group by user_key
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
        sundays,
        devices,
        switching_rate,
        engagement_score,
        session_frequency_trend,
        engagement_score_trend
    from visit_tallies
),
average as (
    select coalesce((select sum(price_checks) from event_tallies), 0) / (select count(*) from people) as avg_price_checks
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
        v.* exclude (
            user_key, total_sessions, page_views, devices, switching_rate, engagement_score,
            session_frequency_trend, engagement_score_trend
        ),
        coalesce(v.devices - 1, 0) as device_switches,
        coalesce(v.total_sessions, 0) as total_sessions,
        coalesce(v.page_views, 0) as page_views,
        coalesce(b.total_bookings, 0) as total_bookings,
        cast(greatest(least(coalesce(b.monetary_value, 0), 9999999999999999.99), -9999999999999999.99) as decimal(18, 2)) as monetary_value,
        coalesce(r.negative, 0) as negative_ratings,
        coalesce(v.engagement_score, 0) as engagement_score,
        coalesce(v.session_frequency_trend, 0) as session_frequency_trend,
        coalesce(v.engagement_score_trend, 0) as engagement_score_trend,
        case when v.total_sessions > 1 then v.switching_rate end as switching_rate,
        coalesce(e.price_checks, 0) / greatest(coalesce(v.total_sessions, 0), 1) as checks_per_session,
        coalesce(e.price_checks, 0) / (1 + coalesce(b.total_bookings, 0)) as checks_per_booking
    from people as p
    left join event_tallies as e on p.user_key = e.user_key
    left join visits as v on p.user_key = v.user_key
    left join bookings as b on p.user_key = b.user_key
    left join ratings as r on p.user_key = r.user_key
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
    ) / ($checks_weight + $unbooked_weight + $comparisons_weight) as price_sensitivity_score, -- 0-1: weighted mean of x / (x + half), by features.yaml; x = price checks per visit, price checks / (1 + bookings), comparisons
    engagement_score,                                                   -- 0-1: weighted mean of x / (x + half), by features.yaml; x = pages per visit, seconds per visit, interactions per visit, visits; 0 without a visit
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
    cast(price_checks as integer) as price_check_events,                -- events, by price_check_events of features.yaml
    cast(service_views as integer) as service_view_events,              -- events, by service_view_events of features.yaml
    cast(booking_attempts as integer) as booking_attempts,              -- events that start a booking, by booking_attempt_events of features.yaml
    cast(comparisons as integer) as price_comparison_events,            -- events, by price_comparison_events of features.yaml
    cast(total_bookings as integer) as total_bookings,                  -- bookings, cancelled ones too; a booking id counts once
    mobile_rate as mobile_usage_rate,                                   -- 0-1: visits on a phone / total_sessions; null without a visit
    cast(device_switches as integer) as device_switches,                -- devices of the visits - 1; 0 without a visit
    cast((epoch_us($as_of) - first_visit_us) // 86400000000 as integer) as days_since_first_visit, -- whole days since the first visit began; null without a visit
    cast((epoch_us($as_of) - last_visit_us) // 86400000000 as integer) as days_since_last_visit, -- whole days since the last visit ended; null without a visit
    avg_price_checks,                                                   -- mean price_check_events of all users of this table
    cast(support as integer) as support_tickets,                        -- events, by support_events of features.yaml
    cast(negative + negative_ratings as integer) as negative_feedback_count, -- events that are negative by name or by rating, by negative_feedback of features.yaml
    case when total_bookings > 0 then monetary_value / total_bookings end as avg_booking_value, -- monetary_value / total_bookings; null without a booking
    session_frequency_trend, -- visits per window, per window: least-squares slope over the trend windows that end at as_of; 0 without a visit
    engagement_score_trend,                                             -- engagement_score per window: least-squares slope, 0 in a window without visits
    $as_of as as_of                                                     -- UTC: events before it count; by default the newest event, included
from joined
cross join average

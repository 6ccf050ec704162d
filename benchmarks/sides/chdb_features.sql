-- ClickHouse: every column of user_behavior_features by the same formulas, from sorted tables of integers
-- section: before
drop table if exists features
-- section: features
create table features engine = MergeTree order by user_id as
with
    (select as_of_ms from as_of) as now_ms,
    (select groupArray(event_code) from event_types where event_type = 'price_checked') as price_check_codes,
    (select groupArray(event_code) from event_types where event_type = 'service_viewed') as service_view_codes,
    (select groupArray(event_code) from event_types where event_type = 'booking_started') as attempt_codes,
    (select groupArray(event_code) from event_types where event_type = 'comparison_made') as comparison_codes,
    (
        select groupArray(event_code)
        from event_types
        where event_type in ('support_ticket_opened', 'support_ticket_created', 'support_contacted')
    ) as support_codes,
    (
        select groupArray(event_code)
        from event_types
        where event_type in ('negative_feedback', 'complaint_filed')
    ) as negative_codes,
    counted as (
        select
            user_key,
            max(event_ms) as last_ms,
            countIf(has(price_check_codes, event_code)) as price_checks,
            countIf(has(service_view_codes, event_code)) as service_views,
            countIf(has(attempt_codes, event_code)) as attempts,
            countIf(has(comparison_codes, event_code)) as comparisons,
            countIf(has(support_codes, event_code)) as support,
            countIf(has(negative_codes, event_code)) as negative
        from core_by_user
        group by user_key
    ),
    placed as (
        select
            user_key,
            device_key,
            start_ms,
            end_ms,
            page_views,
            interactive_count,
            conversion_count,
            is_mobile,
            (end_ms - start_ms) / 1000 as duration_seconds,
            toHour(fromUnixTimestamp64Milli(toInt64(start_ms), 'UTC')) as start_hour,
            toDayOfWeek(fromUnixTimestamp64Milli(toInt64(start_ms), 'UTC')) as weekday,
            if(intDiv(now_ms - start_ms, 1209600000) < 4, 3 - intDiv(now_ms - start_ms, 1209600000), null) as window_index,
            lagInFrame(toNullable(device_key), 1) over (
                partition by user_key order by start_ms, session_key rows between 1 preceding and current row
            ) as previous_device_key
        from visits
    ),
    visited as (
        select
            user_key,
            count() as sessions,
            avg(duration_seconds) as mean_duration,
            sum(page_views) as pages,
            sum(page_views) / count() as pages_a_session,
            sum(interactive_count) / count() as interactions_a_session,
            avg(conversion_count > 0) as converted_rate,
            avg(is_mobile) as mobile_rate,
            uniqExact(device_key) as devices,
            min(start_ms) as first_visit_ms,
            max(end_ms) as last_visit_ms,
            [
                countIf(start_hour between 6 and 11), countIf(start_hour between 12 and 17), countIf(start_hour >= 18),
                countIf(start_hour < 6)
            ] as day_parts,
            [
                countIf(weekday = 1), countIf(weekday = 2), countIf(weekday = 3), countIf(weekday = 4),
                countIf(weekday = 5), countIf(weekday = 6), countIf(weekday = 7)
            ] as weekdays,
            sum(ifNull(window_index - 1.5, 0)) as frequency_moment,
            avgIf(device_key <> previous_device_key, previous_device_key is not null) as switch_rate,
            countIf(previous_device_key is not null) as later_visits
        from placed
        group by user_key
    ),
    windowed as (
        select
            user_key,
            sum((window_index - 1.5) * engagement) as engagement_moment
        from (
            select
                user_key,
                window_index,
                sum(page_views) / count() as pages_a_session,
                avg(duration_seconds) as mean_duration,
                sum(interactive_count) / count() as interactions_a_session,
                0.3 * pages_a_session / (pages_a_session + 2) + 0.3 * mean_duration / (mean_duration + 120)
                    + 0.2 * interactions_a_session / (interactions_a_session + 1) + 0.2 * count() / (count() + 2)
                    as engagement
            from placed
            where window_index is not null
            group by user_key, window_index
        )
        group by user_key
    ),
    booked as (
        select user_key, count() as bookings, sum(value) as worth
        from (
            select user_key, max(booking_value) as value
            from bookings
            where is_booking
            group by user_key, booking_id, if(booking_id = '', event_seq, 0)
        )
        group by user_key
    ),
    rated as (
        select user_key, count() as bad_ratings
        from bookings
        where rating <= 2
        group by user_key
    )
select
    assumeNotNull(u.user_id) as user_id,
    v.mean_duration as avg_session_duration,
    ifNull(v.pages, 0) as total_page_views,
    v.pages_a_session as pages_per_session,
    v.converted_rate as booking_conversion_rate,
    0.4 * c.price_checks / greatest(ifNull(v.sessions, 0), 1)
        / (c.price_checks / greatest(ifNull(v.sessions, 0), 1) + 1)
        + 0.3 * (c.price_checks / (1 + ifNull(b.bookings, 0))) / (c.price_checks / (1 + ifNull(b.bookings, 0)) + 3)
        + 0.3 * c.comparisons / (c.comparisons + 2) as price_sensitivity_score,
    if(
        ifNull(v.sessions, 0) = 0, 0,
        0.3 * v.pages_a_session / (v.pages_a_session + 2) + 0.3 * v.mean_duration / (v.mean_duration + 120)
            + 0.2 * v.interactions_a_session / (v.interactions_a_session + 1) + 0.2 * v.sessions / (v.sessions + 2)
    ) as engagement_score,
    intDiv(now_ms - c.last_ms, 86400000) as recency_days,
    ifNull(v.sessions, 0) as frequency_visits,
    round(ifNull(b.worth, 0), 2) as monetary_value,
    if(
        v.sessions > 0,
        ['morning', 'afternoon', 'evening', 'night'][indexOf(v.day_parts, arrayMax(v.day_parts))], null
    ) as preferred_time_of_day,
    if(
        v.sessions > 0,
        ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'][
            indexOf(v.weekdays, arrayMax(v.weekdays))
        ], null
    ) as preferred_day_of_week,
    if(v.later_visits > 0, v.switch_rate, null) as device_switching_rate,
    if(c.attempts > 0, greatest(0, 1 - ifNull(b.bookings, 0) / c.attempts), null) as cart_abandonment_rate,
    now_ms as last_updated_ms,
    ifNull(v.sessions, 0) as total_sessions,
    c.price_checks as price_check_events,
    c.service_views as service_view_events,
    c.attempts as booking_attempts,
    c.comparisons as price_comparison_events,
    ifNull(b.bookings, 0) as total_bookings,
    v.mobile_rate as mobile_usage_rate,
    greatest(toInt64(ifNull(v.devices, 0)) - 1, 0) as device_switches,
    intDiv(now_ms - v.first_visit_ms, 86400000) as days_since_first_visit,
    intDiv(now_ms - v.last_visit_ms, 86400000) as days_since_last_visit,
    avg(c.price_checks) over () as avg_price_checks,
    c.support as support_tickets,
    c.negative + ifNull(r.bad_ratings, 0) as negative_feedback_count,
    if(b.bookings > 0, b.worth / b.bookings, null) as avg_booking_value,
    ifNull(v.frequency_moment, 0) / 5 as session_frequency_trend,
    ifNull(w.engagement_moment, 0) / 5 as engagement_score_trend,
    now_ms as as_of_ms
from counted as c
inner join users as u on c.user_key = u.user_key
left join visited as v on c.user_key = v.user_key
left join windowed as w on c.user_key = w.user_key
left join booked as b on c.user_key = b.user_key
left join rated as r on c.user_key = r.user_key
settings join_use_nulls = 1, optimize_aggregation_in_order = 1
-- section: answer
select
    count() as users,
    sum(avg_session_duration) as avg_session_duration,
    sum(total_page_views) as total_page_views,
    sum(pages_per_session) as pages_per_session,
    sum(booking_conversion_rate) as booking_conversion_rate,
    sum(price_sensitivity_score) as price_sensitivity_score,
    sum(engagement_score) as engagement_score,
    sum(recency_days) as recency_days,
    sum(monetary_value) as monetary_value,
    countIf(preferred_time_of_day = 'morning') as mornings,
    countIf(preferred_time_of_day = 'night') as nights,
    countIf(preferred_day_of_week = 'monday') as mondays,
    countIf(preferred_day_of_week = 'sunday') as sundays,
    sum(device_switching_rate) as device_switching_rate,
    sum(cart_abandonment_rate) as cart_abandonment_rate,
    sum(total_sessions) as total_sessions,
    sum(price_check_events) as price_check_events,
    sum(service_view_events) as service_view_events,
    sum(booking_attempts) as booking_attempts,
    sum(price_comparison_events) as price_comparison_events,
    sum(total_bookings) as total_bookings,
    sum(mobile_usage_rate) as mobile_usage_rate,
    sum(device_switches) as device_switches,
    sum(days_since_first_visit) as days_since_first_visit,
    sum(days_since_last_visit) as days_since_last_visit,
    sum(avg_price_checks) as avg_price_checks,
    sum(support_tickets) as support_tickets,
    sum(negative_feedback_count) as negative_feedback_count,
    sum(avg_booking_value) as avg_booking_value,
    sum(session_frequency_trend) as session_frequency_trend,
    sum(engagement_score_trend) as engagement_score_trend
from features

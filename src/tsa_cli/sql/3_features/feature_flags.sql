-- table:  feature_flags (temporary), which feature each event name counts for; names that count for none are absent
-- reads:  event_types
-- params: $price_check_events, $service_view_events, $booking_attempt_events, $price_comparison_events,
--         $support_events, $negative_events, $rated_events VARCHAR[]  LIKE patterns of names
create or replace temp table feature_flags as
select
    event_code,
    is_price_check,
    is_service_view,
    is_booking_attempt,
    is_comparison,
    is_support,
    is_negative,
    is_negative and is_rated as is_negative_anyway               -- whatever its rating
from (
    select
        event_code,
        len(list_filter($price_check_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_price_check,
        len(list_filter($service_view_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_service_view,
        len(list_filter($booking_attempt_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_booking_attempt,
        len(list_filter($price_comparison_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_comparison,
        len(list_filter($support_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_support,
        len(list_filter($negative_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_negative,
        len(list_filter($rated_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_rated
    from event_types
)
where is_price_check or is_service_view or is_booking_attempt or is_comparison or is_support or is_negative

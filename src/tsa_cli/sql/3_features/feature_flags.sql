-- table:  feature_flags (temporary), which feature each event name counts for
-- reads:  event_types
-- params: $price_check_events, $service_view_events, $booking_attempt_events, $price_comparison_events,
--         $support_events, $negative_events VARCHAR[]  names and globs
create or replace temp table feature_flags as
select
    event_code,
    len(list_filter($price_check_events, lambda pattern: event_type glob pattern)) > 0 as is_price_check,
    len(list_filter($service_view_events, lambda pattern: event_type glob pattern)) > 0 as is_service_view,
    len(list_filter($booking_attempt_events, lambda pattern: event_type glob pattern)) > 0 as is_booking_attempt,
    len(list_filter($price_comparison_events, lambda pattern: event_type glob pattern)) > 0 as is_comparison,
    len(list_filter($support_events, lambda pattern: event_type glob pattern)) > 0 as is_support,
    len(list_filter($negative_events, lambda pattern: event_type glob pattern)) > 0 as is_negative
from event_types

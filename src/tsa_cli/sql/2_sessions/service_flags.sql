-- table:  service_flags (temporary), the event names whose properties are read, and what they tell
-- reads:  event_types
-- params: $booking_events, $rated_events VARCHAR[]  LIKE patterns of names
--         $service_patterns VARCHAR[], $service_weights DOUBLE[]  the first pattern that fits gives the weight
create or replace temp table service_flags as
select
    event_code,
    is_booking,
    coalesce(service_weight, 0) as service_weight,
    is_rated
from (
    select
        event_code,
        len(list_filter($booking_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_booking,
        list_extract(
            $service_weights,
            list_position(list_transform($service_patterns, lambda pattern: event_type like pattern escape '\'), true)
        ) as service_weight,
        len(list_filter($rated_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_rated
    from event_types
)
where is_booking or service_weight is not null or is_rated

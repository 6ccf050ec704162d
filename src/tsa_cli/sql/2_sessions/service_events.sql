-- table:  service_events, what the properties of shop events say of value, service and rating
-- reads:  service_flags, events, service_scope
-- params: $after_event_seq BIGINT  events up to this one are there already
--         $value_paths, $service_paths, $rating_paths, $booking_id_paths VARCHAR[]  JSON pointers, in order of preference
-- notes:  the one place of this step that reads JSON; a value is the first property that is a plain number. JSON
--         is cut down to its few values before the join, so that no join carries it: 3 GB of memory at 10 M events
with told as (
    select
        e.event_seq,
        f.is_booking,
        f.service_weight,
        case
            when f.is_booking then list_extract(
                list_filter(
                    list_transform(
                        json_extract_string(e.properties, $value_paths), lambda text: try_cast(text as decimal(10, 2))
                    ),
                    lambda value: value is not null
                ),
                1
            )
        end as booking_value,
        case when f.is_booking then json_extract_string(e.properties, $booking_id_paths)[1] end as booking_id,
        case
            when f.service_weight > 0 then list_extract(
                list_filter(json_extract_string(e.properties, $service_paths), lambda text: text <> ''), 1
            )
        end as service,
        case
            when f.is_rated then list_extract(
                list_filter(
                    list_transform(
                        json_extract_string(e.properties, $rating_paths), lambda text: try_cast(text as double)
                    ),
                    lambda value: value is not null
                ),
                1
            )
        end as rating
    from events as e
    inner join service_flags as f on e.event_type = f.event_type
    where e.event_seq > $after_event_seq
)
select
    t.event_seq,
    c.actor_key,
    c.event_ts,                                                      -- UTC
    t.is_booking,
    cast(t.service_weight as double) as service_weight,              -- 0: tells nothing of preferred services
    t.booking_value,                                                 -- in the shop's currency
    t.booking_id,
    t.service,
    t.rating
from told as t
inner join service_scope as c on t.event_seq = c.event_seq

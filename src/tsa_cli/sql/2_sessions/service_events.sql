-- table:  service_events, what the properties of shop events say of value, service and rating
-- reads:  service_flags, analysed_events
-- params: $after_event_seq BIGINT  events up to this one are there already
--         $value_paths, $service_paths, $rating_paths, $booking_id_paths, $currency_paths VARCHAR[]  JSON pointers, in order of preference
-- notes:  the one place of this step that reads JSON; a value is the first property that is a plain number
--         below 10^12. Whoever is left out of core is here, too, but core is not joined: no join carries JSON
select
    e.event_seq,
    e.actor_key,
    e.event_ts,                                                      -- UTC
    f.is_booking,
    cast(f.service_weight as double) as service_weight,              -- 0: tells nothing of preferred services
    case
        when f.is_booking then list_extract(
            list_filter(
                list_transform(
                    json_extract_string(e.properties, $value_paths), lambda text: try_cast(text as decimal(14, 2))
                ),
                lambda value: value is not null
            ),
            1
        )
    end as booking_value,                                            -- in the shop's currency
    case
        when f.is_booking then upper(trim(list_extract(
            list_filter(json_extract_string(e.properties, $currency_paths), lambda text: trim(text) <> ''), 1
        )))
    end as currency,                                                 -- as the event has it, in capitals
    case
        when f.is_booking then list_extract(
            list_filter(json_extract_string(e.properties, $booking_id_paths), lambda text: text <> ''), 1
        )
    end as booking_id,
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
from analysed_events as e
inner join service_flags as f on e.event_code = f.event_code
where e.event_seq > $after_event_seq

-- view:   ordered_events (temporary), all events of people, sorted by device, time and event id
-- reads:  encoded_events, event_span
-- notes:  ids are all UUIDs or all other texts: their stored form has the order of their text. Device and time are
--         one number, which is fewer bytes to compare and to move: two thirds of the sort
create or replace temp view ordered_events as
select e.* exclude (event_uuid, event_text)
from encoded_events as e
cross join event_span as s
order by
    e.device_key * s.span_us + (epoch_us(e.event_ts) - s.first_us),
    e.event_uuid,
    e.event_text

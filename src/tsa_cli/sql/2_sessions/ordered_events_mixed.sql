-- view:   ordered_events (temporary), all events of people, sorted by device, time and event id
-- reads:  encoded_events
-- notes:  ids are UUIDs and other texts: only as texts have they one order; or times lie too far apart to pack
create or replace temp view ordered_events as
select * exclude (event_uuid, event_text)
from encoded_events
order by
    device_key,
    event_ts,
    coalesce(event_text, cast(event_uuid as varchar))

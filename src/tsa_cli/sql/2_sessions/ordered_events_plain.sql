-- view:   ordered_events (temporary), all events of people, sorted by device, time and event id
-- reads:  encoded_events
-- notes:  ids are all UUIDs or all other texts: their stored form has the order of their text
create or replace temp view ordered_events as
select
    device_key,
    actor_key,
    event_ts,
    event_code,
    page_key,
    referrer_key,
    agent_key,
    ip_key,
    event_seq,
    is_server,
    is_known
from encoded_events
order by
    device_key,
    event_ts,
    event_uuid,
    event_text

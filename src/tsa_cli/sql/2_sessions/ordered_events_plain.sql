-- view:   ordered_events (temporary), all events of people, sorted by device, time and event id
-- reads:  encoded_events, event_span
-- notes:  ids are all UUIDs or all other texts: their stored form has the order of their text. Device and time are
--         one number, which is fewer bytes to compare and to move: two thirds of the sort
create or replace temp view ordered_events as
select
    e.device_key,
    e.actor_key,
    e.event_ts,
    e.event_code,
    e.page_key,
    e.referrer_key,
    e.agent_key,
    e.ip_key,
    e.event_seq,
    e.is_server,
    e.is_known
from encoded_events as e
cross join event_span as s
order by
    e.device_key * s.span_us + (epoch_us(e.event_ts) - s.first_us),
    e.event_uuid,
    e.event_text

-- table:  raw_events, new events of the files that are being loaded
-- reads:  @rows (encoded rows)
insert into raw_events by name
select
    event_uuid,
    event_text,
    event_code,
    event_ts,
    actor_key,
    client_session_id,
    page_key,
    referrer_key,
    agent_key,
    ip_key,
    properties,
    price,
    service_category,
    booking_id,
    load_id
from (@rows)

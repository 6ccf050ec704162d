-- table:  raw_events, the new events of one file
-- reads:  @rows (encoded rows)
-- params: $load_id INTEGER
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
    cast($load_id as integer) as load_id
from (@rows)

-- tables: raw_events, with a column for each property that funnels, held keys and metrics ask for most
-- views:  events
-- notes:  texts as `->>` reads them, so that a condition holds for the column as it does for the document; null where the
--         event has none. Reading one of them costs a thirtieth of reading documents
alter table raw_events add column price varchar;            -- properties.price, as text
alter table raw_events add column service_category varchar; -- properties.service_category, as text
alter table raw_events add column booking_id varchar;       -- properties.booking_id, as text

update raw_events
set
    price = properties ->> '$.price',
    service_category = properties ->> '$.service_category',
    booking_id = properties ->> '$.booking_id';

create or replace view events as
select
    rowid as event_seq,
    coalesce(event_text, cast(event_uuid as varchar)) as event_id,
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
from raw_events
where event_code < 65534;                               -- calls about people are no events

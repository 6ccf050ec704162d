-- table:  raw_events, the lines of one file that are events
-- reads:  @normalised; @accepted (which of its rows are wanted)
-- params: $load_id INTEGER
insert into raw_events
select
    event_uuid,
    event_text,
    event_type,
    event_ts,
    c_user_id as user_id,
    c_anonymous_id as anonymous_id,
    c_session_id as client_session_id,
    page_url,
    referrer_url,
    c_user_agent as user_agent,
    ip_address,
    c_properties as properties,
    cast($load_id as integer) as load_id
from (@normalised)
where @accepted

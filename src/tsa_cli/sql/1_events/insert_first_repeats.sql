-- table:  raw_events, the rows that are the first of an id which the file repeats
-- reads:  exact_rows, repeats
-- params: $load_id INTEGER
insert into raw_events
select
    event_uuid, event_text, event_type, event_ts, c_user_id, c_anonymous_id, c_session_id, page_url,
    referrer_url, c_user_agent, ip_address, c_properties, cast($load_id as integer) as load_id
from exact_rows
where ordinal in (select ordinal from repeats where is_first)

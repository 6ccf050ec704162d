-- answer: whether some event says that it belongs to no visit
-- reads:  raw_events
-- params: $outside VARCHAR
-- notes:  mostly answered by the bounds of row groups
select exists (select 1 from raw_events where client_session_id = $outside)

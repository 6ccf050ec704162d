-- answers: the greatest key in use
-- reads:   event_types
select coalesce(max(event_code), 0) as key from event_types where event_code < 65534

-- answers: the first stored event of all, where no session was made yet
-- reads:   raw_events(event_ts)
select min(event_ts) as first_ts from raw_events

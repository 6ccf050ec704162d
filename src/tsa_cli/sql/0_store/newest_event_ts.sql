-- reads: raw_events(event_ts)
-- notes: bots and server events count too: the clock is the newest line of the log
select max(event_ts) as newest_ts from raw_events

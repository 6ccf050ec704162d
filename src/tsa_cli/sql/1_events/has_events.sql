-- reads: raw_events
select exists (select 1 from raw_events) as has_events

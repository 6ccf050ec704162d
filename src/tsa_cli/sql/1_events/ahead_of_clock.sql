-- answers: how many refused rows lie ahead of the clock, yet before a year that only a fault writes
-- reads:   exact_rows
-- params:  $now_ts, $latest_ts TIMESTAMP
select count(*) as row_count
from exact_rows
where reason = 'timestamp_out_of_range' and event_ts > $now_ts and event_ts < $latest_ts

-- reads:  sessions
-- params: $user_key INTEGER
--         $from_ts, $to_ts TIMESTAMP  first events between, both included
select count(*) as session_count
from sessions
where user_key = $user_key and start_ts between $from_ts and $to_ts

-- answer: the sessions that began in the asked time, one row per session
-- reads:  session_rows
-- params: $since TIMESTAMP, $until TIMESTAMP  both inclusive
select
    session_key,
    user_key,
    epoch_us(start_ts) as start_us               -- UTC
from session_rows
where start_ts >= $since and start_ts <= $until

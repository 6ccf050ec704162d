-- answer: when each event of a session happened, in core order
-- reads:  core
-- params: $as_of TIMESTAMP  later events are unknown
select
    core_seq,
    epoch_us(event_ts) as time_us                  -- UTC
from core
where session_key is not null and event_ts <= $as_of

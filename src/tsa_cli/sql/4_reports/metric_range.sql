-- answer: the first event from $since on; one row, null where there is none
-- reads:  core
-- params: $since, $until TIMESTAMP  both inclusive
select min(event_ts) as first_ts
from core
where event_ts >= $since and event_ts <= $until

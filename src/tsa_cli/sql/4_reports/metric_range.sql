-- answer: the first event of all, and the first from $since on; one row, null where there is none
-- reads:  core
-- params: $since, $until TIMESTAMP  both inclusive
select
    min(event_ts) as first_ts,
    min(event_ts) filter (where event_ts >= $since) as first_asked_ts
from core
where event_ts <= $until

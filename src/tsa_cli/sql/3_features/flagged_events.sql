-- answers: the events before a moment whose names count for a feature; no nulls
-- reads:   core, feature_flags
-- params:  $before_ts TIMESTAMP
select
    c.actor_key,
    c.event_code
from core as c
inner join feature_flags as f on c.event_code = f.event_code
where c.event_ts < $before_ts

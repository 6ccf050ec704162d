-- answers: how many events of each name were derived
-- reads:   derived_events
select event_type, count(*) as event_count
from derived_events
group by event_type

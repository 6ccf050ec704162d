-- query: `narrowed` of add_derived_events.sql with the ids of its events
-- reads: events
select n.* replace (e.event_id as event_id)
from narrowed as n
inner join events as e on n.event_seq = e.event_seq

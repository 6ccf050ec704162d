-- answers: how many of the load's rows repeat an id of the same load
-- reads:   raw_events
-- params:  $load_id INTEGER
select
    count(event_uuid) - count(distinct event_uuid)
    + count(event_text) - count(distinct event_text) as repeated
from raw_events
where load_id = $load_id

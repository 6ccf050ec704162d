-- answers: the shapes of the properties of the load's events
-- reads:   raw_events
-- params:  $load_id INTEGER
select event_type, cast(json_structure(properties) as varchar) as shape, count(*) as event_count
from raw_events
where load_id = $load_id and event_type not in ('$identify', '$alias')
group by all

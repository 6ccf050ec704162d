-- answers: the ids that the rows of a load have more than once
-- reads:   raw_events
-- params:  $load_id INTEGER
select
    event_uuid,
    event_text
from raw_events
where load_id = $load_id
group by event_uuid, event_text
having count(*) > 1

-- answers: a hash of the id of each row of a load
-- reads:   raw_events
-- params:  $load_id INTEGER
select hash(event_uuid, event_text) as id_hash
from raw_events
where load_id = $load_id

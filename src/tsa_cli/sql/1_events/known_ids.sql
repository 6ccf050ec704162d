-- answers: hashes of the ids of the load that the store has (is_stored), or that events of the load have twice
-- reads:   load_ids, raw_events(event_uuid, event_text)
-- notes:   a semi join that reads the id columns only; an index would cost four times the load
select
    hash(event_uuid, event_text) as id_hash,
    bool_or(is_stored) as is_stored
from (
    select event_uuid, cast(null as varchar) as event_text, true as is_stored
    from raw_events
    semi join load_ids using (event_uuid)
    union all
    select cast(null as uuid), event_text, true
    from raw_events
    semi join load_ids using (event_text)
    union all
    select event_uuid, event_text, false
    from load_ids
    where is_event
    group by event_uuid, event_text
    having count(*) > 1
)
group by id_hash

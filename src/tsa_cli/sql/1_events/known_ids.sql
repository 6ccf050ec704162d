-- answers: hashes of the ids of the load that the store has, or that the load has twice
-- reads:   load_ids, raw_events(event_uuid, event_text)
-- notes:   a semi join that reads the id columns only; an index would cost four times the load
select distinct hash(event_uuid, event_text) as id_hash
from (
    select event_uuid, cast(null as varchar) as event_text
    from raw_events
    semi join load_ids using (event_uuid)
    union all
    select cast(null as uuid), event_text
    from raw_events
    semi join load_ids using (event_text)
    union all
    select event_uuid, event_text
    from load_ids
    group by event_uuid, event_text
    having count(*) > 1
)

-- what the store holds after `tsa ingest`
-- section: answer
with stored as (
    select event_id, epoch_ms(event_ts) as event_ms, page_key
    from events
)
select
    count(distinct event_id) as distinct_ids,
    min(event_ms) as first_ms,
    max(event_ms) as last_ms,
    count(distinct case when page_key is not null then event_id end) as with_page,
    count(*) as _rows,
    (select count(*) from quarantined_events) as _quarantined
from stored

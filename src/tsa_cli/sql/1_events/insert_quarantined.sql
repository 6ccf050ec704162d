-- table:  quarantined_events
-- reads:  quarantine_batch(line_number, byte_offset, reason, detail, raw)
-- params: $source_file, $source VARCHAR; $load_id INTEGER; $ingested_at TIMESTAMP
-- notes:  byte_offset -1 stands for none (Parquet); encrypted values differ each time, so that a
--         line with the same number and reason counts as the same line
insert into quarantined_events
select
    $source_file as source_file,
    batch.line_number,
    nullif(batch.byte_offset, -1) as byte_offset,
    batch.reason,
    batch.detail,
    batch.raw,
    $ingested_at as ingested_at,
    cast($load_id as integer) as load_id,
    $source as source
from quarantine_batch as batch
where not exists (
    select 1
    from quarantined_events as known
    where known.source_file = $source_file and known.line_number = batch.line_number
        and known.reason = batch.reason
        and (known.raw = batch.raw or contains(batch.raw, 'enc:v1:'))
)

-- table:  quarantined_events
-- reads:  quarantine_batch(line_number, byte_offset, reason, detail, raw), ingested_files
-- params: $source_file, $absolute_path, $source VARCHAR; $load_id INTEGER; $ingested_at TIMESTAMP
-- notes:  byte_offset -1 stands for none (Parquet); encrypted values differ each time, so that a
--         line with the same number and reason counts as the same line, unless the file is
--         known to be another. A file is the same under its name or in its place
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
    inner join ingested_files as f on known.load_id = f.load_id
    where (f.path = $source_file or f.absolute_path = cast($absolute_path as varchar))
        and known.line_number = batch.line_number
        and known.reason = batch.reason
        and (
            known.raw = batch.raw
            or (contains(batch.raw, 'enc:v1:') and coalesce(f.absolute_path = cast($absolute_path as varchar), true))
        )
)

-- answers: the selected lines, for a replay: those of the file that was read first come first
-- reads:   quarantined_events, ingested_files
-- params:  $reason, $source_file VARCHAR ('' for any)
-- notes:   of two lines with one id the first one holds (D2), in a replay too. A replay that refuses a line again is
--          a later reading of its file, so that the first reading is asked for
with places as (
    select
        path,
        absolute_path,
        min(load_id) as first_load_id
    from ingested_files
    group by path, absolute_path
)
select
    q.source_file,
    f.absolute_path,
    q.source,
    q.line_number,
    coalesce(q.byte_offset, -1) as byte_offset,
    q.raw,
    q.reason,
    q.detail,
    q.load_id
from quarantined_events as q
left join ingested_files as f on q.load_id = f.load_id
left join places as p on f.path = p.path and f.absolute_path is not distinct from p.absolute_path
where ($reason = '' or q.reason = $reason) and ($source_file = '' or q.source_file = $source_file)
order by p.first_load_id, q.source_file, f.absolute_path, q.source, q.line_number, q.ingested_at

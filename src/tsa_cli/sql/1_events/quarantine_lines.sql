-- answers: the selected lines, for a replay
-- reads:   quarantined_events, ingested_files
-- params:  $reason, $source_file VARCHAR ('' for any)
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
where ($reason = '' or q.reason = $reason) and ($source_file = '' or q.source_file = $source_file)
order by q.source_file, f.absolute_path, q.source, q.line_number, q.ingested_at

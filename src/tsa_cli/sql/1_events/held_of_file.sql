-- answers: the quarantined lines of one file, for a reading of the whole of it
-- reads:   quarantined_events, ingested_files
-- params:  $path, $absolute_path VARCHAR; $load_ids INTEGER[]  readings of other files that it begins with
-- notes:   under the name that was given now or the same place: whether it is the same line is told by its text
select
    rowid as held_row,
    line_number,
    coalesce(byte_offset, -1) as byte_offset,
    raw,
    reason,
    load_id
from quarantined_events
where load_id in (
    select load_id from ingested_files where path = $path or absolute_path = cast($absolute_path as varchar)
    union all
    select unnest($load_ids)
)

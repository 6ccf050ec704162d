-- answers: all readings of the other files that hold lines of the same numbers as are refused in this one
-- reads:   ingested_files, quarantined_events
-- params:  $path, $absolute_path VARCHAR; $line_numbers BIGINT[]
-- notes:   whether this file begins with what was read is told by the hash
with near as (
    select distinct coalesce(absolute_path, path) as place
    from ingested_files
    where path <> $path and absolute_path is distinct from cast($absolute_path as varchar)
        and load_id in (
            select load_id from quarantined_events where line_number in (select unnest($line_numbers))
        )
)
select f.load_id, near.place, f.size_bytes, f.sha256
from ingested_files as f
inner join near on coalesce(f.absolute_path, f.path) = near.place
order by f.load_id

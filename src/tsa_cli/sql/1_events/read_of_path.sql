-- answers: the readings of a file under a name or in its place when it was no larger, under the same configuration, the longest first
-- reads:   ingested_files, runs, quarantined_events
-- params:  $path, $absolute_path VARCHAR; $source VARCHAR ('' for any); $size_bytes BIGINT; $run_id VARCHAR  of this run
-- notes:   what is not refused any more (inserted, released, dropped) counts as known. A replay of refused lines has
--          the hash of those lines alone, so that it is no reading of the file
with refused as (
    select
        byte_offset,
        bool_or(reason = 'id_conflict') as is_conflict
    from quarantined_events
    where load_id in (
        select load_id from ingested_files where path = $path or absolute_path = cast($absolute_path as varchar)
    )
    group by byte_offset
),
readings as (
    select
        f.*,
        f.size_bytes - f.left_bytes as end_byte,
        least(f.rejected_count, (
            select count(*) from refused as q where not q.is_conflict and q.byte_offset < f.size_bytes - f.left_bytes
        )) as still_rejected,
        least(f.conflict_count, (
            select count(*) from refused as q where q.is_conflict and q.byte_offset < f.size_bytes - f.left_bytes
        )) as still_conflict
    from ingested_files as f
    left join runs as r on f.run_id = r.run_id
    where (f.path = $path or f.absolute_path = cast($absolute_path as varchar)) and f.size_bytes <= $size_bytes and f.status = 'ingested'
        and ($source = '' or f.source = $source)
        and r.definition is not distinct from (select any_value(definition) from runs where run_id = $run_id)
)
select
    sha256,
    size_bytes,
    end_byte,
    source,
    read_count,
    read_count - still_rejected - still_conflict as duplicate_count,
    still_conflict as conflict_count,
    still_rejected as rejected_count
from readings
order by size_bytes desc, load_id desc

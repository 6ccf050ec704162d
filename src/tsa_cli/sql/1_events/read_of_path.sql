-- answers: the readings of a file under a name when it was no larger, the longest first
-- reads:   ingested_files
-- params:  $path, $source VARCHAR ('' for any); $size_bytes BIGINT
-- notes:   what was inserted then would be a duplicate now
select
    sha256,
    size_bytes,
    size_bytes - left_bytes as end_byte,
    source,
    read_count,
    inserted_count + duplicate_count as duplicate_count,
    conflict_count,
    rejected_count
from ingested_files
where path = $path and size_bytes <= $size_bytes and status = 'ingested' and ($source = '' or source = $source)
order by size_bytes desc, load_id desc

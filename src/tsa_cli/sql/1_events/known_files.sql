-- answers: the earlier readings to their end of files of these sizes
-- reads:   ingested_files
-- params:  $sizes BIGINT[], $source VARCHAR ('' for any)
select size_bytes, sha256, path
from ingested_files
where size_bytes in (select unnest($sizes)) and left_bytes = 0 and status = 'ingested'
    and ($source = '' or source = $source)
order by load_id

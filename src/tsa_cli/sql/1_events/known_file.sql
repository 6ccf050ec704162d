-- answers: the earlier readings of the same bytes to their end
-- reads:   ingested_files
-- params:  $sha256, $source VARCHAR ('' for any)
select load_id, path, source
from ingested_files
where sha256 = $sha256 and left_bytes = 0 and status = 'ingested' and ($source = '' or source = $source)
order by load_id

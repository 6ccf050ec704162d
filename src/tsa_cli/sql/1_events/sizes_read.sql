-- answers: how many first bytes of files of these names were read before
-- reads:   ingested_files
-- params:  $paths VARCHAR[]
select distinct path, size_bytes
from ingested_files
where path in (select unnest($paths)) and status = 'ingested'

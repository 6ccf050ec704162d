-- answers: how many first bytes of files of these names, or in these places, were read before
-- reads:   ingested_files
-- params:  $paths, $absolute_paths VARCHAR[]
select distinct path, absolute_path, size_bytes
from ingested_files
where (path in (select unnest($paths)) or absolute_path in (select unnest($absolute_paths)))
    and status = 'ingested'

-- answers: whether a file was ever read under this name or in this place
-- reads:   ingested_files
-- params:  $path, $absolute_path VARCHAR
-- notes:   asked of every file before what was read of it, which takes eight times as long
select count(*) > 0
from ingested_files
where path = $path or absolute_path = cast($absolute_path as varchar)

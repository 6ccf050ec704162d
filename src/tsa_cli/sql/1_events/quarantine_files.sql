-- answers: the files of which lines are held, by the names they were given by, and where they stand
-- reads:   quarantined_events, ingested_files
select distinct
    q.source_file,
    f.absolute_path
from quarantined_events as q
left join ingested_files as f on q.load_id = f.load_id
order by all

-- answer: the files whose lines do not add up, or whose stored lines are more than were inserted
-- reads:  ingested_files, raw_events
with stored as (
    select
        load_id,
        count(*) as stored_count
    from raw_events
    group by load_id
)
select
    f.load_id,
    f.path,
    f.read_count,
    f.inserted_count,
    f.duplicate_count,
    f.conflict_count,
    f.rejected_count,
    coalesce(s.stored_count, 0) as stored_count
from ingested_files as f
left join stored as s on f.load_id = s.load_id
where f.read_count <> f.inserted_count + f.duplicate_count + f.conflict_count + f.rejected_count
    or coalesce(s.stored_count, 0) > f.inserted_count
order by f.load_id

-- reads: ingested_files
select cast(coalesce(max(load_id), 0) + 1 as integer) as load_id from ingested_files

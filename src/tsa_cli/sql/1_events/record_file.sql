-- table:  ingested_files, one row per file and reading
insert into ingested_files by name
select
    cast($load_id as integer) as load_id,
    $run_id as run_id,
    $path as path,
    cast($absolute_path as varchar) as absolute_path,
    $source as source,
    $sha256 as sha256,
    cast($size_bytes as bigint) as size_bytes,
    cast($left_bytes as bigint) as left_bytes,
    'ingested' as status,
    cast($read_count as bigint) as read_count,
    cast($inserted_count as bigint) as inserted_count,
    cast($duplicate_count as bigint) as duplicate_count,
    cast($conflict_count as bigint) as conflict_count,
    cast($rejected_count as bigint) as rejected_count,
    $ingested_at as ingested_at

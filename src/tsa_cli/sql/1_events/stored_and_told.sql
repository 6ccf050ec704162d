-- answers: how many events are stored, and how many the ledger of files tells of
-- reads:   raw_events, ingested_files
select
    (select count(*) from raw_events) as stored,
    (select cast(coalesce(sum(inserted_count), 0) as bigint) from ingested_files) as told

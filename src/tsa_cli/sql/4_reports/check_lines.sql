-- answer: one row: what became of all lines read, and what is stored
-- reads:  ingested_files, raw_events, events, runs
-- notes:  erasing a person removes stored lines; the ledger of files keeps what was read
select
    coalesce(sum(read_count), 0)::bigint as read_count,
    coalesce(sum(inserted_count), 0)::bigint as inserted_count,
    coalesce(sum(duplicate_count), 0)::bigint as duplicate_count,
    coalesce(sum(conflict_count), 0)::bigint as conflict_count,
    coalesce(sum(rejected_count), 0)::bigint as rejected_count,
    (select count(*) from raw_events) as stored_count,
    (select count(*) from events) as event_count,
    (
        select count(*) from runs where starts_with(command, 'privacy') and status = 'done'
    ) as privacy_run_count
from ingested_files

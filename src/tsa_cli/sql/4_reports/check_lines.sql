-- answer: one row: what became of all lines read, and what is stored
-- reads:  ingested_files, quarantined_events, raw_events, events, runs
-- notes:  erasing a person removes stored lines; the ledger of files keeps what was read. It has a row a reading: a
--         line that is replayed, or read again in a file that has grown, is counted each time
select
    coalesce(sum(read_count), 0)::bigint as read_count,
    coalesce(sum(inserted_count), 0)::bigint as inserted_count,
    coalesce(sum(duplicate_count), 0)::bigint as duplicate_count,
    coalesce(sum(conflict_count), 0)::bigint as conflict_count,
    coalesce(sum(rejected_count), 0)::bigint as rejected_count,
    count(*) as reading_count,
    count(distinct path) as path_count,
    count(*) filter (where run_id in (select run_id from runs where command = 'quarantine replay')) as replay_count,
    (select count(*) from quarantined_events) as held_count,
    (select count(*) from raw_events) as stored_count,
    (select count(*) from events) as event_count,
    (
        select count(*) from runs where starts_with(command, 'privacy') and status = 'done'
    ) as privacy_run_count
from ingested_files

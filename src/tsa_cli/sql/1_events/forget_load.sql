-- table:  raw_events, without the events of a file that was taken back
-- params: $load_id INTEGER
-- notes:  of a dry run only, which ends with nothing stored: the table is append-only
delete from raw_events where load_id = $load_id

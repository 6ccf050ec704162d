-- table:  quarantined_events, without the lines of one file that are about to be read again
-- params: $reason VARCHAR ('' for any); $load_ids INTEGER[]  the readings of the file; $source VARCHAR
delete from quarantined_events
where load_id in (select unnest($load_ids)) and source = $source and ($reason = '' or reason = $reason)

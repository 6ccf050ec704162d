-- table:  quarantined_events, without the lines of one file that are about to be read again
-- params: $reason VARCHAR ('' for any), $source_file, $source VARCHAR
delete from quarantined_events
where source_file = $source_file and source = $source and ($reason = '' or reason = $reason)

-- table:  quarantined_events, without the selected lines
-- params: $reason, $source_file VARCHAR ('' for any)
delete from quarantined_events
where ($reason = '' or reason = $reason) and ($source_file = '' or source_file = $source_file)

-- reads:  quarantined_events
-- params: $reason, $source_file VARCHAR ('' for any)
select count(*) as line_count
from quarantined_events
where ($reason = '' or reason = $reason) and ($source_file = '' or source_file = $source_file)

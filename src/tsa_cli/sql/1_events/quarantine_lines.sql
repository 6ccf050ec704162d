-- answers: the selected lines, for a replay
-- reads:   quarantined_events
-- params:  $reason, $source_file VARCHAR ('' for any)
select source_file, source, line_number, coalesce(byte_offset, -1) as byte_offset, raw, reason, detail
from quarantined_events
where ($reason = '' or reason = $reason) and ($source_file = '' or source_file = $source_file)
order by source_file, source, line_number, ingested_at

-- answers: the selected lines, oldest first
-- reads:   quarantined_events
-- params:  $reason, $source_file VARCHAR ('' for any); $row_limit BIGINT
select source_file, line_number, byte_offset, reason, detail, raw, ingested_at
from quarantined_events
where ($reason = '' or reason = $reason) and ($source_file = '' or source_file = $source_file)
order by ingested_at, source_file, line_number
limit $row_limit

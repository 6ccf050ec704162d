-- answers: the quarantined lines of one file, for a reading of the whole of it
-- reads:   quarantined_events
-- params:  $source_file VARCHAR
select rowid as held_row, line_number, coalesce(byte_offset, -1) as byte_offset, raw, reason
from quarantined_events
where source_file = $source_file

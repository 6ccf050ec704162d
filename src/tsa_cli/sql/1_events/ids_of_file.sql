-- answers: the id of every event of the file, and of lines that the tracking plan refuses, where it refuses any
-- reads:   @normalised
-- slots:   @is_asked
select
    event_uuid,
    event_text,
    cast(is_event as utinyint) as is_event
from (@normalised)
where @is_asked

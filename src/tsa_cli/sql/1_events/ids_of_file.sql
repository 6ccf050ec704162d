-- answers: the id of every event of the file
-- reads:   @normalised
select
    event_uuid,
    event_text
from (@normalised)
where is_event

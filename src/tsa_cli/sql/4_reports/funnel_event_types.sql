-- answer: every event type with its code
-- reads:  event_types
select
    event_code,
    event_type
from event_types

-- answer: the names of events, in the order of their text
-- reads:  event_types
select distinct event_type as name
from event_types
order by name

-- answer: the name of every event code
-- reads:  event_types
select
    cast(event_code as integer) as state_key,
    event_type as name
from event_types
order by state_key

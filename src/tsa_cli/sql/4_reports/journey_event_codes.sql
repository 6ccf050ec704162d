-- answer: the place of every event code's name in journey_event_names.sql, from 0
-- reads:  event_types
select
    cast(event_code as integer) as state_key,
    cast(dense_rank() over (order by event_type) - 1 as integer) as place
from event_types

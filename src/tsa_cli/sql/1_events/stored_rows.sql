-- answers: every stored event without what depends on the run that stored it
-- reads:   events
select event_id, event_type, event_ts, user_id, anonymous_id, cast(properties as varchar) as properties
from events
order by event_id, event_ts, event_type

-- reads:  events
select
    coalesce(min(event_ts), timestamp '1970-01-01') as first_ts,
    coalesce(max(event_ts), timestamp '1970-01-01') as last_ts
from events

-- reads:  events, event_types
-- params: $after_event_seq BIGINT  events up to this one are known
select count(*) as name_count
from (
    select event_type from events where event_seq > $after_event_seq
    union
    select event_type from event_types
)

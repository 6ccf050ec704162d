-- table:  event_types, with the names of new events
-- reads:  events
-- params: $after_event_seq BIGINT  events up to this one are known
insert into event_types
with fresh as (
    select distinct e.event_type
    from events as e
    where e.event_seq > $after_event_seq and e.event_type not in (select event_type from event_types)
)
select
    (select coalesce(max(event_code), 0) from event_types) + row_number() over (order by event_type) as event_code,
    event_type
from fresh

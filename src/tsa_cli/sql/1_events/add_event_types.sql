-- table:  event_types, with new names
-- reads:  looked_up(event_code, event_type)  lent by the step
insert into event_types
select
    event_code,
    event_type
from looked_up

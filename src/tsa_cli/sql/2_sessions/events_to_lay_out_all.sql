-- view:   events_to_lay_out (temporary), all events of people
-- reads:  encoded_events
create or replace temp view events_to_lay_out as
select *
from encoded_events

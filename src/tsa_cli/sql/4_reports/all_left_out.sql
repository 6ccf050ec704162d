-- answer: how many events are stored
-- reads:  events
-- notes:  asked where none of them is in core and none waits for `tsa sessionize`: each is left out
select count(*) as event_count
from events

-- answer: how many events came after the last `tsa sessionize`
-- reads:  events, sessionize_state
select count(*) as new_count
from events
where event_seq > (select max(last_event_seq) from sessionize_state)

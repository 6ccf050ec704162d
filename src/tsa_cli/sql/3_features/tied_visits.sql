-- answers: the first events of visits, in the order of their ids: that of events at one moment
-- reads:   events; lent by the step: tied_visits (first_event_seq)
-- notes:   session ids depend on what had come when they were made, ids of events do not
select e.event_seq as first_event_seq
from events as e
inner join tied_visits as t on e.event_seq = t.first_event_seq
order by e.event_id

-- table:  raw_events, whose logins in visits are on the device of the visit
-- reads:  logins_in_visits, actors
-- notes:  a row keeps its place (rowid) when a column of it is updated
update raw_events
set actor_key = a.actor_key
from logins_in_visits as l
inner join actors as a on l.anonymous_id = a.anonymous_id and l.known_id = a.known_id
where raw_events.rowid = l.event_seq

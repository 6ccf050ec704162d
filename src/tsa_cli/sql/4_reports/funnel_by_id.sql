-- answer: the rows of lent_rows in the order of their events' ids
-- reads:  lent_rows(place, core_seq), core, events
select l.place
from lent_rows as l
inner join core as c on l.core_seq = c.core_seq
inner join events as e on c.event_seq = e.event_seq
order by e.event_id

-- answer: the public id of each session in lent_units
-- reads:  lent_units, sessions
select
    l.place,
    s.session_id as id
from lent_units as l
inner join sessions as s on l.unit_key = s.session_key
order by l.place

-- answer: the public id of each device in lent_units
-- reads:  lent_units, actors
select
    l.place,
    any_value(a.device_id) as id
from lent_units as l
inner join actors as a on l.unit_key = a.device_key
group by l.place
order by l.place

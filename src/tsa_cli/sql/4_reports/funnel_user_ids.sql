-- answer: the public id of each user in lent_units
-- reads:  lent_units, users_index
select
    l.place,
    x.user_id as id
from lent_units as l
inner join users_index as x on l.unit_key = x.user_key
order by l.place

-- reads:  identity_persons
-- params: $user_id VARCHAR
-- notes:  not the ids that their events carry: a shared device, and one cut off, stand for somebody else
select id
from identity_persons
where user_id = $user_id
union
select $user_id as id
order by id

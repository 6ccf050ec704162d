-- answer: the person as the one unit of a funnel of users
-- reads:  users_index
-- params: $user_key INTEGER
select
    user_key as unit_key,
    user_id as unit_id
from users_index
where user_key = $user_key

-- table:  users_index, with new users
-- reads:  actor_users
insert into users_index
select
    (select coalesce(max(user_key), 0) from users_index) + row_number() over (order by user_id) as user_key,
    user_id
from (
    select distinct u.user_id
    from actor_users as u
    anti join users_index as x on u.user_id = x.user_id
)

-- table:  dim_users, with touched users renewed; those whose ids are all somebody else's now are gone
-- reads:  user_batch, touched_users
delete from dim_users
where user_key in (select user_key from touched_users);

insert into dim_users by name
select *
from user_batch

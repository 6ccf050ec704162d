-- table:  trait_users (temporary), the touched users whose traits may be others than dim_users says
-- reads:  touched_users, told_users, dim_users
-- notes:  traits change with new ones, with ids that moved, and where a user has no row yet
create or replace temp table trait_users as
select user_key from told_users
union
select t.user_key
from touched_users as t
anti join dim_users as d on t.user_key = d.user_key

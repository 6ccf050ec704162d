-- table:  trait_users (temporary), the touched users whose traits may be others than dim_users says
-- reads:  touched_users, moved_ids, user_traits, identity_persons, users_index, dim_users
-- params: $trait_count BIGINT  traits up to this one are known
-- notes:  traits change with new ones, with ids that moved, and where a user has no row yet
create or replace temp table trait_users as
with names as (
    select coalesce(old_user_id, id) as user_id from moved_ids
    union
    select coalesce(new_user_id, id) as user_id from moved_ids
    union
    select coalesce(p.user_id, t.user_id, t.anonymous_id) as user_id
    from user_traits as t
    left join identity_persons as p on coalesce(t.user_id, t.anonymous_id) = p.id
    where t.rowid >= $trait_count
)
select x.user_key
from names as n
inner join users_index as x on n.user_id = x.user_id
union
select t.user_key
from touched_users as t
anti join dim_users as d on t.user_key = d.user_key

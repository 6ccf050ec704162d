-- table:  told_users (temporary), the users of whom new traits tell, or whose ids moved
-- reads:  moved_ids, user_traits, identity_persons, users_index
-- params: $trait_count BIGINT  traits up to this one are known
create or replace temp table told_users as
with told as (
    select distinct coalesce(user_id, anonymous_id) as id
    from user_traits
    where rowid >= $trait_count
),
names as (
    select coalesce(old_user_id, id) as user_id from moved_ids
    union
    select coalesce(new_user_id, id) as user_id from moved_ids
    union
    select coalesce(p.user_id, t.id) as user_id
    from told as t
    left join identity_persons as p on t.id = p.id
)
select x.user_key
from names as n
inner join users_index as x on n.user_id = x.user_id

-- table:  touched_users (temporary), the users that a run may change
-- reads:  actors, actor_users, users_index, touched_core, moved_ids, user_traits, identity_persons
-- params: $trait_count BIGINT  traits up to this one are known
-- notes:  before `actors` is renewed: a user whose ids moved to another counts, and so does
--         that other; a renewed session may belong to another of the users seen in it
create or replace temp table touched_users as
with seen as (
    select distinct actor_key
    from touched_core
),
moved as (
    select
        a.user_key as old_user_key,
        x.user_key as new_user_key
    from actor_users as u
    inner join actors as a on u.actor_key = a.actor_key
    inner join users_index as x on u.user_id = x.user_id
    where a.user_key = 0 or a.user_id <> u.user_id or a.actor_key in (select actor_key from seen)
),
renamed as (
    select coalesce(old_user_id, id) as user_id from moved_ids
    union
    select coalesce(new_user_id, id) as user_id from moved_ids
),
told as (
    select distinct coalesce(user_id, anonymous_id) as id
    from user_traits
    where rowid >= $trait_count
)
select old_user_key as user_key from moved
union
select new_user_key as user_key from moved
union
select a.user_key
from actors as a
inner join seen as s on a.actor_key = s.actor_key
union
select x.user_key
from told as t
left join identity_persons as p on t.id = p.id
inner join users_index as x on coalesce(p.user_id, t.id) = x.user_id
union
select x.user_key
from renamed as r
inner join users_index as x on r.user_id = x.user_id

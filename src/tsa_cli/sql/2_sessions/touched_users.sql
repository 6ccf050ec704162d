-- table:  touched_users (temporary), the users that a run may change
-- reads:  actors, actor_users, users_index, touched_core, user_traits, persons
-- params: $trait_count BIGINT  traits up to this one are known
-- notes:  before `actors` is renewed: a user whose ids moved to another counts, and so does
--         that other; a renewed session may belong to another of the users seen in it
create or replace temp table touched_users as
with moved as (
    select
        a.user_key as old_user_key,
        x.user_key as new_user_key
    from actors as a
    inner join actor_users as u on a.actor_key = u.actor_key
    inner join users_index as x on u.user_id = x.user_id
    where
        a.user_key = 0
        or a.user_id <> u.user_id
        or a.actor_key in (select actor_key from touched_core)
),
told as (
    select case when t.user_id is not null then coalesce(k.user_id, t.user_id) else coalesce(d.user_id, t.anonymous_id) end
        as user_id
    from user_traits as t
    left join persons as k on t.user_id = k.id
    left join persons as d on t.user_id is null and t.anonymous_id = d.id
    where t.rowid >= $trait_count
)
select old_user_key as user_key from moved
union
select new_user_key as user_key from moved
union
select x.user_key
from told as t
inner join users_index as x on t.user_id = x.user_id

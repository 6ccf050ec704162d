-- tables: touched_actors (temporary), those of touched users; touched_ids (temporary), the ids of users whose traits
--         may have changed
-- views:  scoped_actors, scoped_sessions, scoped_traits (temporary): the same; kept_traits
--         (temporary), what dim_users says of the other users' traits
-- reads:  actors, session_rows, user_traits, touched_users, trait_users, users_index,
--         identity_persons, dim_users
create or replace temp table touched_actors as
select
    actor_key,
    user_key,
    user_id,
    anonymous_id,
    event_count,
    first_ts,
    last_ts
from actors
where user_key in (select user_key from touched_users);

create or replace temp table touched_ids as
with names as (
    select x.user_id
    from users_index as x
    inner join trait_users as t on x.user_key = t.user_key
)
select
    id,
    user_id
from identity_persons
where user_id in (select user_id from names)
union all
select
    n.user_id as id,
    n.user_id
from names as n
anti join identity_persons as p on n.user_id = p.id;

create or replace temp view scoped_actors as
select *
from touched_actors;

create or replace temp view scoped_sessions as
select *
from session_rows
where user_key in (select user_key from touched_users);

create or replace temp view kept_traits as
select
    user_id,
    email,
    first_name,
    last_name,
    phone,
    traits
from dim_users
where user_key in (
    select t.user_key
    from touched_users as t
    anti join trait_users as n on t.user_key = n.user_key
);

create or replace temp view scoped_traits as
select
    i.user_id,
    t.key,
    t.value,
    t.seen_ts
from user_traits as t
inner join touched_ids as i on coalesce(t.user_id, t.anonymous_id) = i.id

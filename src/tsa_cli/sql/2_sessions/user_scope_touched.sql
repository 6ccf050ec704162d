-- tables: touched_actors, touched_services (temporary), those of touched users; touched_traits (temporary), those of
--         users whose traits may have changed
-- views:  scoped_actors, scoped_sessions, scoped_services, scoped_traits (temporary): the same; kept_traits
--         (temporary), what dim_users says of the other users' traits
-- reads:  actors, session_rows, service_events, user_traits, touched_users, trait_users, users_index,
--         identity_persons, dim_users
create or replace temp table touched_actors as
select *
from actors
where user_key in (select user_key from touched_users);

create or replace temp table touched_services as
select
    event_seq,
    actor_key,
    event_ts,
    is_booking,
    service_weight,
    booking_value,
    booking_id,
    service
from service_events
where actor_key in (select actor_key from touched_actors);

create or replace temp table touched_traits as
with names as (
    select x.user_id
    from users_index as x
    inner join trait_users as t on x.user_key = t.user_key
),
ids as (
    select user_id as id from names
    union
    select id from identity_persons where user_id in (select user_id from names)
)
select
    user_id,
    anonymous_id,
    key,
    value,
    seen_ts
from user_traits
where coalesce(user_id, anonymous_id) in (select id from ids);

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
where user_key in (select user_key from touched_users) and user_key not in (select user_key from trait_users);

create or replace temp view scoped_services as
select *
from touched_services;

create or replace temp view scoped_traits as
select *
from touched_traits

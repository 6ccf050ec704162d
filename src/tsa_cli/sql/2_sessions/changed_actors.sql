-- table:  changed_actors (temporary), the rows of actors that a run changes, renewed
-- reads:  affected_actors, actor_users, actor_stats, users_index
-- notes:  a pair of ids that add_actors.sql has just added has the user key 0
create or replace temp table changed_actors as
with changed as (
    select
        a.actor_key,
        a.device_key,
        a.user_key as old_user_key,
        a.anonymous_id,
        a.known_id,
        u.user_id,
        coalesce(s.event_count, 0) as event_count,
        s.first_ts,
        s.last_ts
    from affected_actors as a
    inner join actor_users as u on a.actor_key = u.actor_key
    left join actor_stats as s on a.actor_key = s.actor_key
    where a.user_key = 0 or a.user_id <> u.user_id or a.event_count <> coalesce(s.event_count, 0)
)
select
    c.actor_key,
    c.device_key,
    c.old_user_key,
    x.user_key,
    c.anonymous_id,
    c.known_id,
    coalesce(c.anonymous_id, c.known_id) as device_id,
    c.user_id,
    c.event_count,
    c.first_ts,
    c.last_ts
from changed as c
inner join users_index as x on c.user_id = x.user_id

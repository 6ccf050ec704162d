-- table:  actors, with the rows that a run changes renewed; changed_actors (temporary), these
-- reads:  actor_users, actor_stats, users_index
-- notes:  a pair of ids that add_actors.sql has just added has the user key 0
create or replace temp table changed_actors as
with changed as (
    select
        a.actor_key,
        a.user_key as old_user_key,
        u.user_id,
        coalesce(s.event_count, 0) as event_count,
        s.first_ts,
        s.last_ts
    from actors as a
    inner join actor_users as u on a.actor_key = u.actor_key
    left join actor_stats as s on a.actor_key = s.actor_key
    where a.user_key = 0 or a.user_id <> u.user_id or a.event_count <> coalesce(s.event_count, 0)
)
select
    c.actor_key,
    c.old_user_key,
    x.user_key,
    c.user_id,
    c.event_count,
    c.first_ts,
    c.last_ts
from changed as c
inner join users_index as x on c.user_id = x.user_id;

-- few change hands, and texts are dear to rewrite
update actors
set
    user_key = changed_actors.user_key,
    user_id = changed_actors.user_id
from changed_actors
where actors.actor_key = changed_actors.actor_key and actors.user_key <> changed_actors.user_key;

update actors
set
    event_count = changed_actors.event_count,
    first_ts = changed_actors.first_ts,
    last_ts = changed_actors.last_ts
from changed_actors
where actors.actor_key = changed_actors.actor_key

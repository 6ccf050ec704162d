-- table:  feature_actors (temporary), the user of each pair of ids, and its last event, as of the moment asked for
-- reads:  actor_users, actor_stats, users_index
-- notes:  a user who is somebody else by now has a key below 0
create or replace temp table feature_actors as
select
    u.actor_key,
    coalesce(x.user_key, -dense_rank() over (order by u.user_id)) as user_key,
    u.user_id,
    s.last_ts                                                    -- null without an event before the moment
from actor_users as u
left join users_index as x on u.user_id = x.user_id
left join actor_stats as s on u.actor_key = s.actor_key

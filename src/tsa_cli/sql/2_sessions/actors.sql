-- table:  actors, one row per distinct pair of ids as sent
-- reads:  actors, actor_users, actor_stats, users_index
select
    a.actor_key,
    a.device_key,                                   -- never reused
    x.user_key,                                     -- -> users_index
    a.anonymous_id,
    a.known_id,
    a.device_id,                                    -- anonymous_id, else known_id
    u.user_id,                                      -- the stitched user
    coalesce(s.event_count, 0) as event_count,      -- events in core
    s.first_ts,                                     -- UTC; null without events in core
    s.last_ts
from actors as a
inner join actor_users as u on a.actor_key = u.actor_key
inner join users_index as x on u.user_id = x.user_id
left join actor_stats as s on a.actor_key = s.actor_key
order by a.actor_key

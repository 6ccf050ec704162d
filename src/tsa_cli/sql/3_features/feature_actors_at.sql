-- table:  feature_actors (temporary), the user of each pair of ids as sessionize left it, and its last event before
--         the moment asked for
-- reads:  actors, actor_stats
create or replace temp table feature_actors as
select
    a.actor_key,
    a.user_key,
    a.user_id,
    s.last_ts                                                    -- null without an event before the moment
from actors as a
left join actor_stats as s on a.actor_key = s.actor_key

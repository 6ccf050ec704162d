-- table:  feature_actors (temporary), the user of each pair of ids, and its last event, as sessionize left it
-- reads:  actors
create or replace temp table feature_actors as
select
    actor_key,
    user_key,
    user_id,
    last_ts                                                      -- null without an event in core
from actors

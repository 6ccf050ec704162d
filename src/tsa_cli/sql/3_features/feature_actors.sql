-- table:  feature_actors (temporary), the user of each pair of ids, as sessionize left it
-- reads:  actors
create or replace temp table feature_actors as
select
    actor_key,
    user_key,
    user_id
from actors

-- answers: whose the events of each pair of ids are; no nulls
-- reads:   feature_actors
select
    actor_key,
    user_key
from feature_actors

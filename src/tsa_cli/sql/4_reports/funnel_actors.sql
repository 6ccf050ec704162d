-- answer: the user of each actor
-- reads:  actors
select
    actor_key,
    user_key
from actors

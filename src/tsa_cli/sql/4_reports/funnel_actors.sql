-- answer: the user and the device of each actor
-- reads:  actors
select
    actor_key,
    user_key,
    device_key
from actors

-- table:  affected_actors (temporary), the pairs of ids that have an affected one, as the run before left them
-- reads:  actors, affected_ids
-- notes:  the one pass over the texts of all actors; what follows works on these few
create or replace temp table affected_actors as
select
    actor_key,
    device_key,
    user_key,
    anonymous_id,
    known_id,
    user_id,
    event_count,
    first_ts,
    last_ts
from actors
where anonymous_id in (select id from affected_ids) or known_id in (select id from affected_ids)

-- answers: how many pairs of ids with events stand for another user than before
-- reads:   changed_actors
-- notes:   a pair that a run brings has the user key 0 before it
select count(*) as actor_count
from changed_actors
where old_user_key not in (0, user_key) and event_count > 0

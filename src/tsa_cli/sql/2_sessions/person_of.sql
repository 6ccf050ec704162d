-- reads:  actors
-- params: $id VARCHAR
-- notes:  an id may be a user's, a known one and an anonymous one at once: the first of these counts
select user_id
from actors
where user_id = $id or known_id = $id or anonymous_id = $id
order by
    user_id = $id desc,
    known_id is not distinct from $id desc,
    known_id is not null,
    user_id
limit 1

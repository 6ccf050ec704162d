-- answer: the person's sessions, oldest first
-- reads:  sessions
-- params: $user_key INTEGER
select
    session_key as unit_key,
    session_id as unit_id
from sessions
where user_key = $user_key
order by start_ts, session_id

-- table:  session_rows, with the user that its pair of ids stands for now
-- reads:  actors
update session_rows
set user_key = actors.user_key
from actors
where session_rows.actor_key = actors.actor_key and session_rows.user_key <> actors.user_key

-- table:  session_rows, with the user that its pair of ids stands for now
-- reads:  changed_actors
update session_rows
set user_key = changed_actors.user_key
from changed_actors
where session_rows.actor_key = changed_actors.actor_key
    and changed_actors.old_user_key not in (0, changed_actors.user_key)

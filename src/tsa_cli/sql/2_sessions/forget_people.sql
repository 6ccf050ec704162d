-- tables: what remembers people and events of a log that was rewritten, emptied
-- notes:  event numbers mean other events now, and whoever was erased leaves no id behind
delete from actors where actor_key not in (select actor_key from raw_events);
update actors
set user_key = 0, user_id = coalesce(known_id, anonymous_id), event_count = 0, first_ts = null, last_ts = null;
delete from users_index;
delete from identity_edges;
delete from identity_persons;
delete from session_rows;
delete from session_changes

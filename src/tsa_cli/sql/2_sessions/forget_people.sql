-- tables: what remembers people and events of a log that was rewritten, emptied
-- notes:  event numbers mean other events now, and whoever was erased leaves no id behind
delete from actors;
delete from users_index;
delete from identity_edges;
delete from identity_persons;
delete from session_rows;
delete from session_changes

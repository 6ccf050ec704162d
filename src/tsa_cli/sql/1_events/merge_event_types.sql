-- tables: raw_events, event_types, with one code in place of another
-- params: $alias_code, $name_code USMALLINT
-- notes:  a row keeps its place (rowid) when a column of it is updated
update raw_events
set event_code = $name_code
where event_code = $alias_code;

delete from event_types
where event_code = $alias_code

-- table:  event_types, with another name of one code
-- params: $event_code USMALLINT, $name VARCHAR
update event_types
set event_type = $name
where event_code = $event_code

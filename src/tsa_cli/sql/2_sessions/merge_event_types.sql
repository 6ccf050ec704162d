-- tables: core, core_by_type, with one event code in place of another
-- params: $alias_code, $name_code USMALLINT
-- notes:  for reports until the next `tsa sessionize`, which makes both anew
update core
set event_code = $name_code
where event_code = $alias_code;

update core_by_type
set event_code = $name_code
where event_code = $alias_code

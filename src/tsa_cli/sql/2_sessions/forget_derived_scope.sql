-- table: derived_events, without those of users in derived_scope
-- reads: derived_scope, users_index
delete from derived_events
where user_id in (select x.user_id from users_index as x semi join derived_scope as d on x.user_key = d.user_key)

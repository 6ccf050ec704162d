-- answers: the share of users in derived_scope
-- reads:   derived_scope, users_index
select (select count(*) from derived_scope) / greatest((select count(*) from users_index), 1) as user_share

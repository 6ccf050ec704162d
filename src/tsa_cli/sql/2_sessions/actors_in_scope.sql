-- relation: the pairs of ids of users in derived_scope
-- reads:    actors, derived_scope
select * from actors where user_key in (select user_key from derived_scope)

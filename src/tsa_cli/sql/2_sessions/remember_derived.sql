-- tables: derived_state, derived_actors
-- reads:  actors
-- params: $as_of TIMESTAMP, $definition VARCHAR
-- notes:  pairs that are as they were stay where they are: a table written anew is written to the file
delete from derived_state;

insert into derived_state select $as_of as as_of, $definition as definition;

create or replace temp table derived_changes as
select actor_key, user_key, event_count from actors
except
select actor_key, user_key, event_count from derived_actors;

delete from derived_actors where actor_key in (select actor_key from derived_changes);

insert into derived_actors select actor_key, user_key, event_count from derived_changes;

drop table derived_changes;

drop table if exists derived_scope

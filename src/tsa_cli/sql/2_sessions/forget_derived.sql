-- tables: derived_state, derived_actors: everything is derived anew
delete from derived_state;

delete from derived_actors

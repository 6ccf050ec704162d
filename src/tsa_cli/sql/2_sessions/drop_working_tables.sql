-- tables: the working tables of one run, gone
drop view if exists core_scope;

drop view if exists events_to_lay_out;

drop view if exists encoded_events;

drop view if exists analysed_events;

drop view if exists scoped_actors;

drop view if exists scoped_sessions;

drop view if exists scoped_services;

drop view if exists scoped_traits;

drop view if exists kept_traits;

drop table if exists touched_core;

drop table if exists session_batch;

drop table if exists new_core;

drop table if exists touched_devices;

drop table if exists moved_ids;

drop table if exists trait_users;

drop table if exists told_users;

drop table if exists user_batch;

drop table if exists touched_users;

drop table if exists touched_actors;

drop table if exists touched_ids;

drop table if exists new_links;

drop table if exists affected_ids;

drop table if exists affected_actors;

drop table if exists evidence;

drop table if exists changed_actors;

drop table if exists session_spans;

drop table if exists session_ids;

drop table if exists session_cuts;

drop table if exists old_sessions;

drop table if exists anchor_places;

drop table if exists trait_values

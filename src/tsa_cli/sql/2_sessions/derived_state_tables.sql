-- tables: derived_state, what derived_events was made with; derived_actors, the pairs of ids as they were then
-- notes:  empty when everything has to be derived anew
create table if not exists derived_state (
    as_of timestamp not null,                       -- UTC
    definition varchar not null                     -- of the rules
);

create table if not exists derived_actors (
    actor_key integer not null,                     -- -> actors
    user_key integer not null,                      -- -> users_index
    event_count bigint not null                     -- events in core
)

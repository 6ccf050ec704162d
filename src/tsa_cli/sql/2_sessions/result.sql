-- reads:  core, session_rows, dim_users, events, actors
-- notes:  an event is stitched when its user is not its own known id, nor its anonymous id without one
with stitched as materialized (
    select
        actor_key,
        event_count
    from actors
    where user_id <> coalesce(known_id, anonymous_id)
)
select
    (select count(*) from core) as events,
    (select count(*) from session_rows) as sessions,
    (select count(*) from dim_users) as users,
    (select count(*) from events) - (select count(*) from core) as excluded_events,
    coalesce((select sum(event_count)::bigint from stitched), 0) as stitched_events,
    (select count(*) from session_rows where actor_key in (select actor_key from stitched)) as stitched_sessions

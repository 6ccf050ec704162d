-- reads:  core, session_rows, dim_users, events, actors
-- notes:  an event is stitched when its user is not its own known id, nor its anonymous id without one
select
    (select count(*) from core) as events,
    (select count(*) from session_rows) as sessions,
    (select count(*) from dim_users) as users,
    (select count(*) from events) - (select count(*) from core) as excluded_events,
    coalesce(
        (select sum(event_count)::bigint from actors where user_id <> coalesce(known_id, anonymous_id)), 0
    ) as stitched_events,
    (
        select count(*)
        from session_rows as s
        inner join actors as a on s.actor_key = a.actor_key
        where a.user_id <> coalesce(a.known_id, a.anonymous_id)
    ) as stitched_sessions

-- answer: how many events with a person's ids are in no analysis: of bots, or not yet sessionized
-- reads:  events, actors, core, sessionize_state
-- params: $user_key INTEGER
with mine as (
    select
        anonymous_id,
        known_id
    from actors
    where user_key = $user_key
),
sent as (
    select e.event_seq
    from events as e
    semi join mine as m
        on e.anonymous_id is not distinct from m.anonymous_id and e.user_id is not distinct from m.known_id
    where coalesce(e.anonymous_id, e.user_id) in (select coalesce(anonymous_id, known_id) from mine)
),
looked_at as (
    select event_seq
    from core
    where device_key in (select device_key from actors where user_key = $user_key)
)
select
    count(*) filter (where s.event_seq <= t.last_event_seq) as bot_count,
    count(*) filter (where s.event_seq > t.last_event_seq) as new_count
from sent as s
cross join sessionize_state as t
anti join looked_at as c on s.event_seq = c.event_seq

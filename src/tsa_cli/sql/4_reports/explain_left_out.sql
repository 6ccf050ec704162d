-- answer: how many events with a person's ids are in no analysis: left out, or not yet sessionized
-- reads:  events, actors, core, sessionize_state
-- params: $user_key INTEGER
with sent as (
    select event_seq
    from events
    where actor_key in (select actor_key from actors where user_key = $user_key)
),
looked_at as (
    select event_seq
    from core
    where device_key in (select device_key from actors where user_key = $user_key)
)
select
    count(*) filter (where s.event_seq <= t.last_event_seq) as excluded_count,
    count(*) filter (where s.event_seq > t.last_event_seq) as new_count
from sent as s
cross join sessionize_state as t
anti join looked_at as c on s.event_seq = c.event_seq

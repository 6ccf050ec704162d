-- table:  logins_in_visits (temporary), events of a known id alone in a visit that has a device by now
-- reads:  raw_events, actors, session_devices, told_sessions(session_id)  lent by the step
-- params: $load_id INTEGER  the first load of those just made; of earlier ones the events count whose visit it was that told the device
create or replace temp table logins_in_visits as
select
    e.rowid as event_seq,
    e.load_id,
    s.session_id as anonymous_id,
    a.known_id
from raw_events as e
inner join actors as a on e.actor_key = a.actor_key
inner join session_devices as s on e.client_session_id = s.session_id
where a.anonymous_id is null
    and (e.load_id >= $load_id or s.session_id in (select session_id from told_sessions))

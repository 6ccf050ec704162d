-- table:  old_sessions (temporary), the sessions that this run replaces
-- reads:  session_rows, touched_devices
create or replace temp table old_sessions as
select
    s.session_id,
    s.anchor_event_seq,
    s.first_event_seq
from session_rows as s
inner join touched_devices as d on s.device_key = d.device_key and s.start_ts >= d.from_ts and d.has_later

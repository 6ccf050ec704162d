-- table:  session_devices, with those of a load
-- reads:  told_sessions(session_id)  lent by the step
insert into session_devices
select distinct session_id
from told_sessions
where session_id not in (select session_id from session_devices);

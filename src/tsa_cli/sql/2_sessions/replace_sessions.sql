-- table:  session_rows, with those that changed renewed
-- reads:  session_batch, touched_devices
delete from session_rows
using touched_devices
where session_rows.device_key = touched_devices.device_key
    and session_rows.start_ts >= touched_devices.from_ts
    and touched_devices.has_later;

insert into session_rows by name
select *
from session_batch

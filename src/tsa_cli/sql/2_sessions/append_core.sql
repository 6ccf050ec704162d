-- table:  core, with the rows of touched devices renewed
-- reads:  touched_core, touched_devices
-- notes:  renewed rows stand at the end: in a device and in a session core_seq still rises with time and id,
--         but devices are sorted again only by a full run or by merged_core.sql
delete from core
using touched_devices
where core.device_key = touched_devices.device_key
    and core.event_ts >= touched_devices.from_ts
    and touched_devices.has_later;

insert into core by name
select *
from touched_core
order by core_seq

-- view:   events_to_lay_out (temporary), the events of touched devices that are renewed
-- reads:  core, new_core, touched_devices
create or replace temp view events_to_lay_out as
select
    c.device_key,
    c.actor_key,
    c.event_ts,
    c.event_code,
    c.page_key,
    c.referrer_key,
    c.agent_key,
    c.ip_key,
    c.event_seq,
    c.is_server,
    c.is_known
from core as c
inner join touched_devices as d on c.device_key = d.device_key and c.event_ts >= d.from_ts and d.has_later
union all
select *
from new_core

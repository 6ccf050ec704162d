-- reads:  events_to_lay_out
-- params: $from_device_key, $until_device_key  BIGINT  the devices of one range, the last one not in it
-- notes:  in no order; 0 is no key. No column has nulls, so that they pass on as arrays without a copy
select
    device_key,
    actor_key,
    epoch_us(event_ts) as event_us,
    event_code,
    event_seq,
    coalesce(page_key, 0) as page_key,
    coalesce(referrer_key, 0) as referrer_key,
    coalesce(agent_key, 0) as agent_key,
    coalesce(ip_key, 0) as ip_key,
    cast(is_server as utinyint) as is_server,
    cast(is_known as utinyint) as is_known
from events_to_lay_out
where device_key >= $from_device_key and device_key < $until_device_key

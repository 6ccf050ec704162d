-- reads:  core_scope
-- notes:  in the order of the rows, which is that of devices and times; 0 is no key. No column has nulls, so that
--         they pass on as arrays without a copy
select
    core_seq,
    session_key,
    device_key,
    actor_key,
    epoch_us(event_ts) as event_us,
    event_code,
    event_seq,
    coalesce(page_key, 0) as page_key,
    coalesce(referrer_key, 0) as referrer_key,
    coalesce(agent_key, 0) as agent_key,
    coalesce(ip_key, 0) as ip_key,
    cast(is_known as utinyint) as is_known
from core_scope

-- reads:  events, ips
-- params: $after_event_seq BIGINT  events up to this one are known
select distinct e.ip_address
from events as e
anti join ips as known on e.ip_address = known.ip_address
where e.event_seq > $after_event_seq and e.ip_address is not null
order by e.ip_address

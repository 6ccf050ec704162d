-- reads:  ips
select
    ip_key,
    ip_address
from ips
where ip_address is not null

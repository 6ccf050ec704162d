-- reads:  ips
select
    ip_key,
    ip_address
from ips

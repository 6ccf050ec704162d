-- answers: every word of ips with its key
-- reads:   ips
select
    ip_key,
    coalesce(ip_address, told_place) as ip_address
from ips
order by ip_key

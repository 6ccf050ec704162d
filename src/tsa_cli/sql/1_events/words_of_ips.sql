-- answers: every word of ips with its key
-- reads:   ips
select
    ip_key,
    ip_address
from ips
order by ip_key

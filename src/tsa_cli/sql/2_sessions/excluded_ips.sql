-- table:  excluded_ips, the addresses of the shop itself
-- reads:  excluded_addresses  lent by the step
delete from excluded_ips;

insert into excluded_ips
select ip_key
from excluded_addresses

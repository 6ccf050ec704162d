-- table:  ips, with new ones
-- reads:  looked_up(ip_key, ip_address, geo_country, geo_city)  lent by the step
insert into ips
select
    ip_key,
    ip_address,
    geo_country,
    geo_city
from looked_up

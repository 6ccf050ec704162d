-- table:  ips, with new ones
-- reads:  looked_up(ip_address, geo_country, geo_city)  lent by the step
insert into ips
select
    (select coalesce(max(ip_key), 0) from ips) + row_number() over (order by ip_address) as ip_key,
    ip_address,
    geo_country,
    geo_city
from looked_up

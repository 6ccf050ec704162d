-- table:  ips, with new ones
-- reads:  looked_up(ip_key, ip_address, told_place, geo_country, geo_city)  lent by the step
insert into ips (ip_key, ip_address, told_place, geo_country, geo_city)
select
    ip_key,
    ip_address,
    told_place,
    geo_country,
    geo_city
from looked_up

-- table:  sites, with new ones
-- reads:  looked_up(domain)  lent by the step
insert into sites
select
    (select coalesce(max(site_key), 0) from sites) + row_number() over (order by domain) as site_key,
    domain
from (select distinct domain from looked_up where domain is not null and domain not in (select domain from sites))

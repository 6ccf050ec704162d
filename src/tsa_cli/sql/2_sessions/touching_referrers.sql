-- reads:  referrers
select
    referrer_key,
    referrer_source is not null as is_source,
    coalesce(site_key, 0) as site_key
from referrers

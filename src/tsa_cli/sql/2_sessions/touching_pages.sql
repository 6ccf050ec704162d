-- reads:  pages
select
    page_key,
    campaign_key is not null as has_campaign,
    coalesce(site_key, 0) as site_key
from pages

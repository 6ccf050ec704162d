-- reads:  pages
select
    page_key,
    coalesce(campaign_key, 0) as campaign_key,
    coalesce(site_key, 0) as site_key
from pages

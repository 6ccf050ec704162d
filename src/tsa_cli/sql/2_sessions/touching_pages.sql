-- reads:  pages
select
    page_key,
    coalesce(campaign_key, 0) as campaign_key,
    coalesce(site_key, 0) as site_key,
    page_url is not null as is_page                 -- else what is told of a campaign, and no page
from pages

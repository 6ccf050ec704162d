-- table:  pages, with new ones
-- reads:  looked_up(page_key, the columns of page_table)  lent by the step; sites, campaigns
insert into pages
select
    l.page_key,
    l.page_url,
    l.page_host,
    l.page_path,
    l.utm_source,
    l.utm_medium,
    l.utm_campaign,
    l.click_id,
    l.click_platform,
    s.site_key,
    c.campaign_key,
    l.told_campaign
from looked_up as l
left join sites as s on l.page_domain = s.domain
left join campaigns as c
    on l.page_source = c.page_source
    and l.page_medium is not distinct from c.page_medium
    and l.utm_source is not distinct from c.utm_source
    and l.utm_medium is not distinct from c.utm_medium
    and l.utm_campaign is not distinct from c.utm_campaign
    and l.click_id is not distinct from c.click_id
    and l.click_platform is not distinct from c.click_platform

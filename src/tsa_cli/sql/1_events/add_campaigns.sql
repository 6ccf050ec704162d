-- table:  campaigns, with new ones
-- reads:  looked_up(the columns of page_table)  lent by the step
insert into campaigns
with fresh as (
    select distinct
        l.page_source,
        l.page_medium,
        l.utm_source,
        l.utm_medium,
        l.utm_campaign,
        l.click_id,
        l.click_platform
    from looked_up as l
    anti join campaigns as c
        on l.page_source = c.page_source
        and l.page_medium is not distinct from c.page_medium
        and l.utm_source is not distinct from c.utm_source
        and l.utm_medium is not distinct from c.utm_medium
        and l.utm_campaign is not distinct from c.utm_campaign
        and l.click_id is not distinct from c.click_id
        and l.click_platform is not distinct from c.click_platform
    where l.page_source is not null
)
select
    (select coalesce(max(campaign_key), 0) from campaigns) + row_number() over (
        order by page_source, page_medium, utm_source, utm_medium, utm_campaign, click_id, click_platform
    ) as campaign_key,
    page_source,
    page_medium,
    utm_source,
    utm_medium,
    utm_campaign,
    click_id,
    click_platform
from fresh

-- reads:  session_spans, pages, referrers, campaigns, touches
-- notes:  page_domain is null: whether a referrer is our own was decided event by event, in core
with pairs as (
    select distinct
        campaign_key,
        referrer_key
    from session_spans
)
select
    t.campaign_key,
    t.referrer_key,
    cast(null as varchar) as page_domain,
    c.page_source,
    c.page_medium,
    c.utm_campaign,
    r.referrer_domain,
    r.referrer_source,
    r.referrer_medium
from pairs as t
left join campaigns as c on t.campaign_key = c.campaign_key
left join referrers as r on t.referrer_key = r.referrer_key
anti join touches as known on t.campaign_key = known.campaign_key and t.referrer_key = known.referrer_key
order by t.campaign_key, t.referrer_key

-- answers: the pairs of campaign and referrer that no session had before, and what each of the two says
-- reads:   session_spans, referrers, campaigns, touches
-- notes:   whether a referrer is our own was decided event by event: such a one is none of these
with pairs as (
    select distinct
        campaign_key,
        referrer_key
    from session_spans
)
select
    t.campaign_key,
    t.referrer_key,
    c.page_source,
    c.page_medium,
    c.utm_campaign,
    r.referrer_source,
    r.referrer_medium
from pairs as t
left join campaigns as c on t.campaign_key = c.campaign_key
left join referrers as r on t.referrer_key = r.referrer_key
anti join touches as known on t.campaign_key = known.campaign_key and t.referrer_key = known.referrer_key
order by t.campaign_key, t.referrer_key

-- table:  referrers, with new ones
-- reads:  looked_up(referrer_key, the columns of referrer_table)  lent by the step; sites
insert into referrers
select
    l.referrer_key,
    l.referrer_url,
    l.referrer_domain,
    l.search_engine,
    l.search_terms,
    l.social_network,
    l.ai_assistant,
    l.referrer_kind,
    l.referrer_source,
    l.referrer_medium,
    s.site_key
from looked_up as l
left join sites as s on l.referrer_domain = s.domain

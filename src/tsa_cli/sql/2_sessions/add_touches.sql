-- table:  touches, with new ones
-- reads:  looked_up(campaign_key, referrer_key, source, medium, campaign)  lent by the step; traffic_sources
insert into touches
select
    l.campaign_key,
    l.referrer_key,
    t.source_key
from looked_up as l
inner join traffic_sources as t
    on l.source = t.source and l.medium = t.medium and l.campaign is not distinct from t.campaign

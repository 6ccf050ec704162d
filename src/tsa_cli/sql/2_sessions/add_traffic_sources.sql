-- table:  traffic_sources, with new ones
-- reads:  looked_up(source, medium, campaign, channel)  lent by the step
insert into traffic_sources
with fresh as (
    select distinct
        l.source,
        l.medium,
        l.campaign,
        l.channel
    from looked_up as l
    anti join traffic_sources as t
        on l.source = t.source and l.medium = t.medium and l.campaign is not distinct from t.campaign
)
select
    (select coalesce(max(source_key), 0) from traffic_sources)
        + row_number() over (order by source, medium, campaign) as source_key,
    source,
    medium,
    campaign,
    channel
from fresh

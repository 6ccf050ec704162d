-- table:  session_spans (temporary), one row per session of core_scope, and what it came from
-- reads:  measured_spans  lent by the step; pages
-- notes:  a campaign wins over the referrer of the same event; 0 is none
create or replace temp table session_spans as
select
    m.session_key,
    m.first_core_seq,
    m.device_key,
    m.is_device_first,
    make_timestamp(m.start_us) as start_ts,
    make_timestamp(m.end_us) as end_ts,
    m.events_count,
    m.page_views,
    m.interactive_count,
    m.conversion_count,
    m.first_event_seq,
    nullif(m.entry_page_key, 0) as entry_page_key,
    nullif(m.exit_page_key, 0) as exit_page_key,
    nullif(m.agent_key, 0) as agent_key,
    nullif(m.ip_key, 0) as ip_key,
    m.actor_key,
    coalesce(p.campaign_key, 0) as campaign_key,
    case when p.campaign_key is not null or not m.has_touch then 0 else m.touch_referrer_key end as referrer_key,
    nullif(m.touch_referrer_key, 0) as shown_referrer_key
from measured_spans as m
left join pages as p on m.touch_page_key = p.page_key

-- table:  session_spans (temporary), one row per session of core_scope
-- reads:  core_scope, event_flags
-- notes:  packed keys: bit 40 puts events that name a source (or a known user) before (after) all others
create or replace temp table session_spans as
select
    c.session_key,
    min(c.core_seq) as first_core_seq,
    any_value(c.device_key) as device_key,
    min(c.event_ts) as start_ts,
    max(c.event_ts) as end_ts,
    count(*) as events_count,
    cast(count_if(t.is_page_view) as bigint) as page_views,
    cast(count_if(t.is_interactive) as bigint) as interactive_count,
    cast(count_if(t.is_conversion) as bigint) as conversion_count,
    arg_min(c.event_seq, c.core_seq) as first_event_seq,
    arg_min(c.page_key, c.core_seq) as entry_page_key,
    arg_max(c.page_key, c.core_seq) as exit_page_key,
    arg_min(c.agent_key, c.core_seq) as agent_key,
    arg_min(c.ip_key, c.core_seq) as ip_key,
    arg_max(c.actor_key, c.core_seq + case when c.is_known then 1099511627776 else 0 end) as actor_key,
    arg_min(
        (coalesce(c.page_key, 0)::bigint << 32) + coalesce(c.referrer_key, 0),
        c.core_seq + case when c.is_touch then 0 else 1099511627776 end
    ) as touch,
    bool_or(c.is_touch) as has_touch
from core_scope as c
inner join event_flags as t on c.event_code = t.event_code
group by c.session_key

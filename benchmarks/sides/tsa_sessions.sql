-- tsa's sessions from core, as the peers keep them: one row each, in a table of the file
-- section: view
create temp view events_to_lay_out as select * from core
-- section: middle
select device_key from core where core_seq = (select max(core_seq) // 2 from core)
-- section: sessions
create or replace table bench_sessions as
select
    device_key,
    make_timestamp(start_us) as start_ts,
    make_timestamp(end_us) as end_ts,
    events_count,
    page_views,
    interactive_count,
    conversion_count,
    entry_page_key,
    exit_page_key,
    agent_key,
    ip_key,
    actor_key,
    touch_page_key,
    touch_referrer_key
from measured_spans
-- section: answer
select
    count(*) as sessions,
    cast(sum(s.events_count) as bigint) as events,
    cast(sum(epoch_us(s.end_ts) - epoch_us(s.start_ts)) // 1000 as bigint) as duration_ms,
    cast(sum(s.page_views) as bigint) as page_views,
    cast(sum(length(entry.page_url)) as bigint) as entry_length,
    cast(sum(length(exit.page_url)) as bigint) as exit_length,
    cast(sum(s.interactive_count) as bigint) as interactive,
    cast(sum(s.conversion_count) as bigint) as conversions,
    cast(sum(s.agent_key) as bigint) as agents,
    cast(sum(s.ip_key) as bigint) as ips,
    cast(sum(s.actor_key) as bigint) as actors,
    cast(sum(s.touch_page_key) as bigint) as touch_pages,
    cast(sum(s.touch_referrer_key) as bigint) as touch_referrers
from bench_sessions as s
left join pages as entry on s.entry_page_key = entry.page_key
left join pages as exit on s.exit_page_key = exit.page_key

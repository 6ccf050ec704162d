-- ClickHouse's array form: events sorted by device and time are split where more than 30 minutes lie between two
-- the table core_by_device is there, sorted, in integers, merged into one part; counts_as: 1 a page view, 2 done on
-- purpose, 4 a conversion. The two write tables of their own; `s.N` of an array of tuples is its N-th column as it is
-- section: before
drop table if exists sessions;
drop table if exists sessions_of_six
-- section: sessions
create table sessions engine = MergeTree order by (device_key, start_ms) as
select
    device_key,
    s.1[1] as start_ms,
    s.1[-1] as end_ms,
    length(s) as event_count,
    arrayCount(x -> bitAnd(x, 1) > 0, s.3) as page_view_count,
    arrayCount(x -> bitAnd(x, 2) > 0, s.3) as interactive_count,
    arrayCount(x -> bitAnd(x, 4) > 0, s.3) as conversion_count,
    arrayFirst(x -> x <> 0, s.4) as entry_page_key,
    arrayLast(x -> x <> 0, s.4) as exit_page_key,
    arrayFirst(x -> x <> 0, s.5) as agent_key,
    arrayFirst(x -> x <> 0, s.6) as ip_key,
    if(has(s.8, 1), arrayLast((actor, is_known) -> is_known, s.7, s.8), s.7[-1]) as actor_key,
    greatest(indexOf(s.9, 1), 1) as touch_at,
    s.4[touch_at] as touch_page_key,
    s.10[touch_at] as touch_referrer_key
from (
    select device_key, arrayJoin(arraySplit((x, gap) -> gap > 1800000, visit, arrayDifference(visit.1))) as s
    from (
        select
            device_key,
            arraySort(x -> (x.1, x.2), groupArray((
                event_ms, core_seq, counts_as, page_key, agent_key, ip_key, actor_key, is_known, is_touch, referrer_key
            ))) as visit
        from core_by_device
        group by device_key
    )
)
settings optimize_aggregation_in_order = 1
-- section: sessions_of_six
create table sessions_of_six engine = MergeTree order by (device_key, start_ms) as
select
    device_key,
    s.1[1] as start_ms,
    s.1[-1] as end_ms,
    length(s) as event_count,
    arrayCount(x -> bitAnd(x, 1) > 0, s.3) as page_view_count,
    arrayFirst(x -> x <> 0, s.4) as entry_page_key,
    arrayLast(x -> x <> 0, s.4) as exit_page_key
from (
    select device_key, arrayJoin(arraySplit((x, gap) -> gap > 1800000, visit, arrayDifference(visit.1))) as s
    from (
        select device_key, arraySort(x -> (x.1, x.2), groupArray((event_ms, core_seq, counts_as, page_key))) as visit
        from core_by_device
        group by device_key
    )
)
settings optimize_aggregation_in_order = 1
-- section: answer
select
    count() as sessions,
    sum(event_count) as events,
    toInt64(sum(end_ms - start_ms)) as duration_ms,
    sum(page_view_count) as page_views,
    sum(length(entry.page_url)) as entry_length,
    sum(length(exit.page_url)) as exit_length,
    sum(interactive_count) as interactive,
    sum(conversion_count) as conversions,
    sum(agent_key) as agents,
    sum(ip_key) as ips,
    sum(actor_key) as actors,
    sum(touch_page_key) as touch_pages,
    sum(touch_referrer_key) as touch_referrers
from sessions
left join pages as entry on sessions.entry_page_key = entry.page_key
left join pages as exit on sessions.exit_page_key = exit.page_key
-- section: answer_of_six
select
    count() as sessions,
    sum(event_count) as events,
    toInt64(sum(end_ms - start_ms)) as duration_ms,
    sum(page_view_count) as page_views,
    sum(length(entry.page_url)) as entry_length,
    sum(length(exit.page_url)) as exit_length
from sessions_of_six
left join pages as entry on sessions_of_six.entry_page_key = entry.page_key
left join pages as exit on sessions_of_six.exit_page_key = exit.page_key

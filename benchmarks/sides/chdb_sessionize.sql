-- ClickHouse's array form: events sorted by device and time are split where more than 30 minutes lie between two
-- the table core_by_device is there, sorted, in integers, merged into one part
-- section: before
drop table if exists sessions
-- section: sessions
create table sessions engine = MergeTree order by (device_key, start_ms) as
with (select groupArray(event_code) from event_types where event_type in ('page_viewed', 'screen_viewed')) as views
select
    device_key,
    s[1].1 as start_ms,
    s[-1].1 as end_ms,
    length(s) as event_count,
    arrayCount(x -> has(views, x.3), s) as page_view_count,
    arrayFirst(x -> x.4 <> 0, s).4 as entry_page_key,
    arrayLast(x -> x.4 <> 0, s).4 as exit_page_key
from (
    select device_key, arrayJoin(arraySplit((x, gap) -> gap > 1800000, visit, arrayDifference(visit.1))) as s
    from (
        select device_key, arraySort(x -> (x.1, x.2), groupArray((event_ms, core_seq, event_code, page_key))) as visit
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
    sum(length(exit.page_url)) as exit_length
from sessions
left join pages as entry on sessions.entry_page_key = entry.page_key
left join pages as exit on sessions.exit_page_key = exit.page_key

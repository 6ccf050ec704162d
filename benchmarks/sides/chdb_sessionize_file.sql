-- ClickHouse's array form straight on the Parquet file, devices as text; nothing is stored but the sessions
-- section: sessions
create table sessions engine = MergeTree order by (device_id, start_ms) as
select
    device_id,
    s[1].1 as start_ms,
    s[-1].1 as end_ms,
    length(s) as event_count,
    arrayCount(x -> x.3 = 1, s) as page_view_count,
    arrayFirst(x -> x.4 <> '', s).4 as entry_page,
    arrayLast(x -> x.4 <> '', s).4 as exit_page
from (
    select device_id, arrayJoin(arraySplit((x, gap) -> gap > 1800000, visit, arrayDifference(visit.1))) as s
    from (
        select
            if(anonymous_id = '', user_id, anonymous_id) as device_id,
            arraySort(x -> (x.1, x.2), groupArray((
                toUnixTimestamp64Milli(timestamp), event_id, event in ('page_viewed', 'screen_viewed'), page_url
            ))) as visit
        from file('people.parquet', Parquet, 'event_id String, timestamp DateTime64(3, ''UTC''),
            event LowCardinality(String), user_id String, anonymous_id String, page_url String')
        where event not in ('service_completed', 'pickup', 'device_picked_up', 'no_show', 'booking_no_show',
            'repair_started', 'repair_completed', 'invoice_paid', 'refund_issued', 'email_sent', 'email_delivered',
            'push_sent', 'sms_sent')
        group by device_id
    )
)
-- section: answer
select
    count() as sessions,
    sum(event_count) as events,
    toInt64(sum(end_ms - start_ms)) as duration_ms,
    sum(page_view_count) as page_views,
    sum(length(entry_page)) as entry_length,
    sum(length(exit_page)) as exit_length
from sessions

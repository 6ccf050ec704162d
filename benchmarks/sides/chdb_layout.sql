-- ClickHouse from the loaded events: a narrow sorted table of integer keys, then the array form on it
-- section: wide
create table wide (
    event_id UUID, timestamp DateTime64(3, 'UTC'), event LowCardinality(String), user_id String,
    anonymous_id String, session_id String, page_url String, referrer_url String,
    user_agent LowCardinality(String), ip String, properties String
) engine = MergeTree order by tuple();
insert into wide select * from file('people.parquet', Parquet, 'event_id UUID, timestamp DateTime64(3, ''UTC''),
    event LowCardinality(String), user_id String, anonymous_id String, session_id String, page_url String,
    referrer_url String, user_agent LowCardinality(String), ip String, properties String')
settings max_threads = 0
-- section: before
drop table if exists sessions;
drop table if exists core
-- section: layout
-- the device's hash stands for it: no dictionary to build, which is the cheapest way to an integer key
create table core (device_key UInt64, event_ms UInt64, is_page_view UInt8, page_url LowCardinality(String))
engine = MergeTree order by (device_key, event_ms);
insert into core
select
    cityHash64(if(anonymous_id = '', user_id, anonymous_id)) as device_key,
    toUnixTimestamp64Milli(timestamp) as event_ms,
    event in ('page_viewed', 'screen_viewed') as is_page_view,
    page_url
from wide
where event not in ('service_completed', 'pickup', 'device_picked_up', 'no_show', 'booking_no_show', 'repair_started',
    'repair_completed', 'invoice_paid', 'refund_issued', 'email_sent', 'email_delivered', 'push_sent', 'sms_sent')
-- section: sessions
create table sessions engine = MergeTree order by (device_key, start_ms) as
select
    device_key,
    s[1].1 as start_ms,
    s[-1].1 as end_ms,
    length(s) as event_count,
    arrayCount(x -> x.2 = 1, s) as page_view_count,
    arrayFirst(x -> x.3 <> '', s).3 as entry_page,
    arrayLast(x -> x.3 <> '', s).3 as exit_page
from (
    select device_key, arrayJoin(arraySplit((x, gap) -> gap > 1800000, visit, arrayDifference(visit.1))) as s
    from (
        select device_key, arraySort(x -> x.1, groupArray((event_ms, is_page_view, page_url))) as visit
        from core
        group by device_key
    )
)
settings optimize_aggregation_in_order = 1
-- section: answer
select
    count() as sessions,
    sum(event_count) as events,
    toInt64(sum(end_ms - start_ms)) as duration_ms,
    sum(page_view_count) as page_views
from sessions

-- reads:  the exports
-- writes: tables of integers for ClickHouse in the order that serves each question best, merged into one part
-- section: tables
drop table if exists as_of;
create table as_of (as_of_ms UInt64) engine = MergeTree order by as_of_ms;
insert into as_of select as_of_ms from file('as_of.parquet');
drop table if exists event_types;
create table event_types (event_code UInt16, event_type String) engine = MergeTree order by event_code;
insert into event_types select event_code, event_type from file('event_types.parquet');
drop table if exists pages;
create table pages (page_key UInt32, page_url String) engine = MergeTree order by page_key;
insert into pages select page_key, page_url from file('pages.parquet');
drop table if exists users;
create table users (user_key UInt32, user_id String, segment LowCardinality(String)) engine = MergeTree order by user_key;
insert into users select user_key, user_id, segment from file('users.parquet');
drop table if exists core_by_device;
create table core_by_device (
    device_key UInt32, event_ms UInt64, core_seq UInt64, counts_as UInt8, page_key UInt32, agent_key UInt32, ip_key UInt32,
    actor_key UInt32, is_known UInt8, is_touch UInt8, referrer_key UInt32
)
engine = MergeTree order by (device_key, event_ms, core_seq);
insert into core_by_device
select
    device_key, event_ms, core_seq, counts_as, page_key, agent_key, ip_key, actor_key, is_known, is_touch, referrer_key
from (select * from file('core.parquet'))
where not is_server;
optimize table core_by_device final;
drop table if exists core_by_type;
create table core_by_type (event_code UInt16, user_key UInt32, event_ms UInt64, core_seq UInt64, properties String)
engine = MergeTree order by (event_code, user_key, event_ms);
insert into core_by_type select event_code, user_key, event_ms, core_seq, properties from file('core.parquet');
optimize table core_by_type final;
drop table if exists core_by_user;
create table core_by_user (user_key UInt32, event_ms UInt64, core_seq UInt64, event_code UInt16, properties String)
engine = MergeTree order by (user_key, event_ms, core_seq);
insert into core_by_user select user_key, event_ms, core_seq, event_code, properties from file('core.parquet');
optimize table core_by_user final;
drop table if exists core_by_session;
create table core_by_session (session_key UInt32, core_seq UInt64, path_key UInt32)
engine = MergeTree order by (session_key, core_seq);
insert into core_by_session
select session_key, core_seq, path_key
from (select * from file('core.parquet'))
where session_key > 0 and path_key > 0;
optimize table core_by_session final;
drop table if exists visits;
create table visits (
    session_key UInt32, session_id UUID, user_key UInt32, device_key UInt32, start_ms UInt64, end_ms UInt64,
    page_views UInt32, interactive_count UInt32, conversion_count UInt32, is_mobile UInt8
) engine = MergeTree order by (user_key, start_ms);
insert into visits select * from file('visits.parquet');
optimize table visits final;
drop table if exists bookings;
create table bookings (
    event_seq UInt64, user_key UInt32, is_booking UInt8, booking_value Float64, booking_id String, rating Float64
) engine = MergeTree order by user_key;
insert into bookings select * from file('bookings.parquet');
optimize table bookings final

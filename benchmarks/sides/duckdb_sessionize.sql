-- the textbook form in plain DuckDB, devices as text: LAG finds the gaps, a running SUM numbers the sessions
-- section: load
create or replace table people as
select
    event_id,
    event,
    cast(timestamp as timestamp) as event_ts,
    coalesce(anonymous_id, user_id) as device_id,
    page_url
from read_parquet('people.parquet')
-- section: view
create or replace view people as
select
    event_id,
    event,
    cast(timestamp as timestamp) as event_ts,
    coalesce(anonymous_id, user_id) as device_id,
    page_url
from read_parquet('people.parquet')
-- section: sessions
create or replace table sessions as
with gaps as (
    select
        *,
        case
            when event_ts - lag(event_ts) over (partition by device_id order by event_ts, event_id)
                <= interval 30 minutes then 0
            else 1
        end as is_start
    from people
    where event not in ('service_completed', 'pickup', 'device_picked_up', 'no_show', 'booking_no_show', 'repair_started',
        'repair_completed', 'invoice_paid', 'refund_issued', 'email_sent', 'email_delivered', 'push_sent', 'sms_sent')
),
numbered as (
    select
        *,
        sum(is_start) over (
            partition by device_id order by event_ts, event_id rows between unbounded preceding and current row
        ) as session_no
    from gaps
)
select
    device_id,
    session_no,
    min(event_ts) as start_ts,
    max(event_ts) as end_ts,
    count(*) as event_count,
    count(*) filter (event in ('page_viewed', 'screen_viewed')) as page_view_count,
    arg_min(page_url, (event_ts, event_id)) filter (page_url is not null) as entry_page,
    arg_max(page_url, (event_ts, event_id)) filter (page_url is not null) as exit_page
from numbered
group by device_id, session_no
-- section: answer
select
    count(*) as sessions,
    cast(sum(event_count) as bigint) as events,
    cast(sum(epoch_ms(end_ts) - epoch_ms(start_ts)) as bigint) as duration_ms,
    cast(sum(page_view_count) as bigint) as page_views,
    cast(sum(length(entry_page)) as bigint) as entry_length,
    cast(sum(length(exit_page)) as bigint) as exit_length
from sessions

-- section: sessions
with gaps as (
    select
        event_id,
        page_url,
        event,
        timestamp as event_ts,
        coalesce(anonymous_id, user_id) as device_id,
        case
            when timestamp - lag(timestamp) over (
                partition by coalesce(anonymous_id, user_id) order by timestamp, event_id
            ) <= interval 30 minutes then 0
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
    sum(case when event in ('page_viewed', 'screen_viewed') then 1 else 0 end) as page_view_count,
    min_by(page_url, struct(event_ts, event_id)) filter (where page_url is not null) as entry_page,
    max_by(page_url, struct(event_ts, event_id)) filter (where page_url is not null) as exit_page
from numbered
group by device_id, session_no
-- section: answer
select
    count(*) as sessions,
    sum(event_count) as events,
    sum(unix_millis(end_ts) - unix_millis(start_ts)) as duration_ms,
    sum(page_view_count) as page_views,
    sum(length(entry_page)) as entry_length,
    sum(length(exit_page)) as exit_length
from sessions

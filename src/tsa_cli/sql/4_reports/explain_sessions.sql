-- answer: a person's visits, newest first, each with the end of the one before it on the same device
-- reads:  sessions, actors
-- params: $user_key INTEGER
--         $from_ts, $to_ts TIMESTAMP  first events between, both included
--         $most BIGINT
-- slots:  @sessions, whole or as far as they had come
with on_devices as (
    select
        *,
        lag(end_ts) over (partition by device_key order by start_ts, end_ts, session_key) as previous_end_ts
    from @sessions
    where device_key in (select device_key from actors where user_key = $user_key)
)
select
    s.session_id,
    s.start_time,                                   -- UTC
    s.end_time,
    s.duration_seconds,
    s.events_count,
    s.page_views,
    a.device_id,
    s.device_type,
    s.entry_page,
    s.exit_page,
    s.is_conversion,
    s.bounce_flag,
    s.start_reason,
    epoch(s.start_ts) - epoch(s.previous_end_ts) as idle_seconds, -- since the visit before on this device
    s.channel,
    s.source,
    s.medium,
    s.campaign,
    s.utm_source,
    s.referrer
from on_devices as s
inner join actors as a on s.actor_key = a.actor_key
where s.user_key = $user_key and s.start_ts between $from_ts and $to_ts
order by s.start_ts desc, s.session_id desc
limit $most

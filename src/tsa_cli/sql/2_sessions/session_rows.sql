-- table:  session_rows, one row per visit, in integer keys; the view `sessions` adds the words
-- reads:  session_spans, session_ids, session_cuts, touched_devices, actors, touches
-- params: $bounce VARCHAR  prd | ga4
--         $engaged_after_us BIGINT   a longer visit is engaged
--         $max_events BIGINT         a visit with more events is flagged as a runaway
with placed as (
    select
        s.*,
        i.session_id,
        i.anchor_event_seq,
        k.source_key,
        c.reason as cut_reason,
        s.is_device_first and not coalesce(d.has_earlier, false) as is_first,
        s.session_key in (select previous_session_key from session_cuts where reason = 'max_duration')
            as is_continued,
        epoch_us(s.end_ts) - epoch_us(s.start_ts) as duration_us,
        epoch_us(s.end_ts) - epoch_us(s.start_ts) > $engaged_after_us or s.conversion_count >= 1 or s.page_views >= 2
            as is_engaged
    from session_spans as s
    inner join session_ids as i on s.session_key = i.session_key
    inner join touches as k on s.campaign_key = k.campaign_key and s.referrer_key = k.referrer_key
    left join session_cuts as c on s.first_core_seq = c.core_seq
    left join touched_devices as d on s.device_key = d.device_key
)
select
    p.session_key,
    p.session_id,                                         -- of session_ids
    p.device_key,
    p.actor_key,                                          -- the latest event's with a known id, else the last's
    a.user_key,
    p.first_event_seq,
    p.anchor_event_seq,                                   -- the event that the id was made from
    p.start_ts,                                           -- UTC
    p.end_ts,
    p.duration_us,
    cast(p.events_count as integer) as events_count,
    cast(p.page_views as integer) as page_views,
    cast(p.interactive_count as integer) as interactive_count,
    cast(p.conversion_count as integer) as conversion_count,
    p.entry_page_key,
    p.exit_page_key,
    nullif(p.campaign_key, 0) as campaign_key,
    p.shown_referrer_key as referrer_key,
    p.source_key,
    p.agent_key,
    p.ip_key,
    case
        when $bounce = 'ga4' then not p.is_engaged
        else p.page_views <= 1 and p.interactive_count = 0
    end as bounce_flag,
    p.is_engaged,
    coalesce(p.cut_reason, case when p.is_first then 'first' else 'timeout' end) as start_reason,
    p.is_continued or p.cut_reason is not distinct from 'max_duration' or p.events_count > $max_events as is_runaway
from placed as p
inner join actors as a on p.actor_key = a.actor_key

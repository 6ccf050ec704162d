-- table:  session_rows, one row per visit, in integer keys; the view `sessions` adds the words
-- reads:  session_spans, span_touches, session_cuts, anchor_places, touched_devices, actors, events,
--         touches
-- params: $bounce VARCHAR  prd | ga4
--         $engaged_after_us BIGINT   a longer visit is engaged
--         $max_events BIGINT         a visit with more events is flagged as a runaway
-- notes:  the id is a hash of the device and the event the visit began with when it was first seen; events
--         that arrive late and come before it do not change the id. events.event_id is not read: the view would
--         make the text of every id, not of those that are joined
with anchors as (
    select
        session_key,
        arg_min(anchor_event_seq, core_seq) as anchor_event_seq
    from anchor_places
    group by session_key
),
firsts as (
    select min(first_core_seq) as first_core_seq
    from session_spans
    group by device_key
),
placed as (
    select
        s.*,
        t.campaign_key,
        t.shown_referrer_key as referrer_key,
        k.source_key,
        coalesce(a.anchor_event_seq, s.first_event_seq) as anchor_event_seq,
        c.reason as cut_reason,
        f.first_core_seq is not null and not coalesce(d.has_earlier, false) as is_first,
        s.session_key in (select previous_session_key from session_cuts where reason = 'max_duration')
            as is_continued,
        epoch_us(s.end_ts) - epoch_us(s.start_ts) as duration_us,
        epoch_us(s.end_ts) - epoch_us(s.start_ts) > $engaged_after_us or s.conversion_count >= 1 or s.page_views >= 2
            as is_engaged
    from session_spans as s
    inner join span_touches as t on s.session_key = t.session_key
    inner join touches as k on t.campaign_key = k.campaign_key and t.referrer_key = k.referrer_key
    left join firsts as f on s.first_core_seq = f.first_core_seq
    left join anchors as a on s.session_key = a.session_key
    left join session_cuts as c on s.first_core_seq = c.core_seq
    left join touched_devices as d on s.device_key = d.device_key
)
select
    p.session_key,
    cast(md5(a.device_id || chr(31) || coalesce(e.event_text, cast(e.event_uuid as varchar))) as uuid) as session_id,
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
    p.referrer_key,
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
inner join events as e on p.anchor_event_seq = e.event_seq
order by p.first_core_seq

-- reads:  feature_actors, events, session_rows, core, pages, referrers, traffic_sources;
--         first_visits, lent by the step: those at the moment of their user's first one
-- params: $before_ts TIMESTAMP  nothing at or after it is looked at
-- slots:  @first_event_ids
-- notes:  the channel of each user's first visit, as far as it had come by then; null without a visit, and in one
--         that goes on after the moment and has not shown a source before it
with first_event_ids as (@first_event_ids),
firsts as (
    select
        f.user_key,
        arg_min(f.session_key, coalesce(i.event_id, '')) as session_key
    from first_visits as f
    left join first_event_ids as i on f.first_event_seq = i.first_event_seq
    group by f.user_key
),
people as (
    select distinct
        user_key,
        user_id
    from feature_actors
    where last_ts is not null
),
begun as (
    select
        f.user_key,
        s.session_key,
        s.end_ts,
        s.source_key
    from firsts as f
    inner join session_rows as s on f.session_key = s.session_key
),
shown as (
    select distinct b.session_key
    from begun as b
    inner join core as c on b.session_key = c.session_key
    left join pages as p on c.page_key = p.page_key
    left join referrers as r on c.referrer_key = r.referrer_key
    where
        b.end_ts >= $before_ts
        and c.event_ts < $before_ts
        and (
            p.campaign_key is not null
            or (r.referrer_source is not null and coalesce(r.site_key, 0) <> coalesce(p.site_key, 0))
        )
)
select
    p.user_id,
    t.channel as acquisition_channel
from people as p
left join begun as b on p.user_key = b.user_key
left join shown as s on b.session_key = s.session_key
left join traffic_sources as t
    on b.source_key = t.source_key and (b.end_ts < $before_ts or s.session_key is not null)
order by p.user_id

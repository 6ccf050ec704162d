-- table:  dim_users, one row per stitched user with at least one event in core
-- reads:  scoped_actors, scoped_sessions, scoped_services, events, traffic_sources, user_agents, trait_values, kept_traits,
--         segment_rules  lent by the step: rank, name and the bounds of each measure (null: open)
-- params: $now_ts TIMESTAMP  the newest event
--         $preferred_services INTEGER  how many
--         $pages_weight, $pages_half, $duration_weight, $duration_half, $interactions_weight,
--         $interactions_half, $sessions_weight, $sessions_half DOUBLE  of engagement_score (features.yaml)
-- slots:  @first_event_ids
-- notes:  a booking id counts once per user; created_at and updated_at are event times, not the clock's; of first
--         visits at one moment the one whose first event has the smaller id counts: session ids depend on what had
--         come when they were made;
--         traits are gathered as lines (JSON escapes line ends), since lists of texts take three times as long
with people as (
    select
        user_key,
        user_id,
        min(first_ts) as first_ts,
        max(last_ts) as last_ts,
        list_sort(list(distinct anonymous_id) filter (where anonymous_id is not null)) as browser_fingerprints
    from scoped_actors
    where event_count > 0
    group by user_key, user_id
),
visits as (
    select
        s.user_key,
        count(*) as total_sessions,
        cast(sum(s.page_views) as bigint) as total_page_views,
        cast(sum(s.interactive_count) as bigint) as interactive_count,
        avg(s.duration_us) / 1e6 as avg_session_duration,
        min(s.start_ts) as first_visit_ts,
        max(s.end_ts) as last_visit_ts,
        list_sort(list(distinct u.device_type) filter (where u.device_type is not null)) as device_types
    from scoped_sessions as s
    left join user_agents as u on s.agent_key = u.agent_key
    group by s.user_key
),
first_visits as materialized (
    select
        s.user_key,
        s.source_key,
        s.first_event_seq
    from scoped_sessions as s
    inner join visits as v on s.user_key = v.user_key and s.start_ts = v.first_visit_ts
),
first_event_ids as (@first_event_ids),
acquisitions as (
    select
        f.user_key,
        arg_min(f.source_key, coalesce(i.event_id, '')) as source_key
    from first_visits as f
    left join first_event_ids as i on f.first_event_seq = i.first_event_seq
    group by f.user_key
),
bookings as (
    select
        user_key,
        count(*) as total_bookings,
        sum(booking_value) as lifetime_value
    from (
        select
            user_key,
            max(booking_value) as booking_value
        from scoped_services
        where is_booking
        group by user_key, booking_id, case when booking_id is null then event_seq end
    )
    group by user_key
),
services as (
    select
        user_key,
        list(service order by place) as preferred_services
    from (
        select
            user_key,
            service,
            row_number() over (
                partition by user_key order by sum(cast(service_weight as decimal(18, 6))) desc, max(event_ts) desc, service
            ) as place
        from scoped_services
        where service is not null and service_weight > 0
        group by user_key, service
    )
    where place <= $preferred_services
    group by user_key
),
traits as (
    select
        user_id,
        email,
        first_name,
        last_name,
        phone,
        cast('{' || array_to_string(list_sort(string_split(pairs, chr(10))), ',') || '}' as json) as traits
    from (
        select
            user_id,
            max(value) filter (key = 'email') as email,
            max(value) filter (key = 'first_name') as first_name,
            max(value) filter (key = 'last_name') as last_name,
            max(value) filter (key = 'phone') as phone,
            string_agg(to_json(key) || ':' || to_json(value), chr(10)) as pairs
        from trait_values
        group by user_id
    )
    union all
    select
        user_id,
        email,
        first_name,
        last_name,
        phone,
        traits
    from kept_traits
),
measured as (
    select
        p.user_key,
        p.user_id,
        t.email,
        t.first_name,
        t.last_name,
        t.phone,
        p.first_ts,
        p.last_ts,
        c.channel as acquisition_channel,
        coalesce(b.lifetime_value, 0) as lifetime_value,
        coalesce(b.total_bookings, 0) as total_bookings,
        coalesce(s.preferred_services, []) as preferred_services,
        coalesce(v.device_types, []) as device_types,
        coalesce(p.browser_fingerprints, []) as browser_fingerprints,
        coalesce(v.total_sessions, 0) as total_sessions,
        coalesce(v.total_page_views, 0) as total_page_views,
        (epoch_us($now_ts::timestamp) - epoch_us(v.last_visit_ts)) // 86400000000 as days_since_last_visit,
        coalesce(
            (
                $pages_weight * (v.total_page_views / v.total_sessions)
                    / (v.total_page_views / v.total_sessions + $pages_half)
                + $duration_weight * v.avg_session_duration / (v.avg_session_duration + $duration_half)
                + $interactions_weight * (v.interactive_count / v.total_sessions)
                    / (v.interactive_count / v.total_sessions + $interactions_half)
                + $sessions_weight * v.total_sessions / (v.total_sessions + $sessions_half)
            ) / ($pages_weight + $duration_weight + $interactions_weight + $sessions_weight),
            0
        ) as engagement_score,
        t.traits
    from people as p
    left join visits as v on p.user_key = v.user_key
    left join acquisitions as q on p.user_key = q.user_key
    left join traffic_sources as c on q.source_key = c.source_key
    left join bookings as b on p.user_key = b.user_key
    left join services as s on p.user_key = s.user_key
    left join traits as t on p.user_id = t.user_id
),
segments as (
    select
        m.user_key,
        arg_min(r.name, r.rank) as customer_segment
    from measured as m
    inner join segment_rules as r
        on (r.total_sessions_gte is null or m.total_sessions >= r.total_sessions_gte)
        and (r.total_sessions_lte is null or m.total_sessions <= r.total_sessions_lte)
        and (r.total_page_views_gte is null or m.total_page_views >= r.total_page_views_gte)
        and (r.total_page_views_lte is null or m.total_page_views <= r.total_page_views_lte)
        and (r.total_bookings_gte is null or m.total_bookings >= r.total_bookings_gte)
        and (r.total_bookings_lte is null or m.total_bookings <= r.total_bookings_lte)
        and (r.lifetime_value_gte is null or m.lifetime_value >= r.lifetime_value_gte)
        and (r.lifetime_value_lte is null or m.lifetime_value <= r.lifetime_value_lte)
        and (r.engagement_score_gte is null or m.engagement_score >= r.engagement_score_gte)
        and (r.engagement_score_lte is null or m.engagement_score <= r.engagement_score_lte)
        and (r.days_since_last_visit_gte is null or m.days_since_last_visit >= r.days_since_last_visit_gte)
        and (r.days_since_last_visit_lte is null or m.days_since_last_visit <= r.days_since_last_visit_lte)
    group by m.user_key
)
select
    m.user_id,                                                  -- the stitched user
    m.email,                                                    -- encrypted or hashed, by privacy.yaml
    m.first_name,                                               -- encrypted or hashed, by privacy.yaml
    m.last_name,                                                -- encrypted or hashed, by privacy.yaml
    m.phone,                                                    -- encrypted or hashed, by privacy.yaml
    cast(m.first_ts as date) as first_seen_date,                -- UTC day of the first event
    m.acquisition_channel,                                      -- channel of the first visit
    cast(
        greatest(least(m.lifetime_value, 9999999999999999.99), -9999999999999999.99) as decimal(18, 2)
    ) as lifetime_value,                                        -- sum of booking values, of an id the greatest; shop's currency
    cast(m.total_bookings as integer) as total_bookings,        -- bookings, cancelled ones too; a booking id counts once
    m.preferred_services,                                       -- VARCHAR[], most weight first (users.yaml)
    m.device_types,                                             -- VARCHAR[], of all visits
    m.browser_fingerprints,                                     -- VARCHAR[], anonymous ids
    g.customer_segment,                                         -- first rule of users.yaml that holds
    m.first_ts as created_at,                                   -- UTC, first event
    m.last_ts as updated_at,                                    -- UTC, last event
    m.traits,                                                   -- JSON object of every trait, latest value as text
    m.user_key                                                  -- -> users_index
from measured as m
left join segments as g on m.user_key = g.user_key
order by m.user_id

-- table:  dim_users, one row per stitched user with an event that counts (no bot's, nor of the shop's own people)
-- reads:  scoped_actors, session_rows, scoped_services, events, traffic_sources, user_agents, trait_values, kept_traits;
--         lent by the step: visit_totals, a row per user with a visit; first_visits, those at the moment of their
--         user's first one; user_devices, an agent for each type of device of a user; segment_rules, rank, name and
--         the bounds of each measure (null: open)
-- params: $now_ts TIMESTAMP  the newest event
--         $preferred_services INTEGER  how many
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
devices as (
    select
        d.user_key,
        list_sort(list(u.device_type)) as device_types
    from user_devices as d
    inner join user_agents as u on d.device_agent_key = u.agent_key
    group by d.user_key
),
first_event_ids as (@first_event_ids),
acquisitions as (
    select
        f.user_key,
        arg_min(s.source_key, coalesce(i.event_id, '')) as source_key
    from first_visits as f
    inner join session_rows as s on f.session_key = s.session_key
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
        arg_min(service, row(-weight, -epoch_us(latest_ts), service), $preferred_services) as preferred_services
    from (
        select
            user_key,
            service,
            sum(cast(service_weight as decimal(18, 6))) as weight,
            max(event_ts) as latest_ts
        from scoped_services
        where service is not null
        group by user_key, service
    )
    group by user_key
),
traits as (
    select
        user_id,
        traits ->> 'email' as email,
        traits ->> 'first_name' as first_name,
        traits ->> 'last_name' as last_name,
        traits ->> 'phone' as phone,
        traits
    from (
        select
            user_id,
            cast('{' || array_to_string(list_sort(string_split(
                string_agg(to_json(key) || ':' || to_json(value), chr(10)), chr(10)
            )), ',') || '}' as json) as traits
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
        coalesce(d.device_types, []) as device_types,
        coalesce(p.browser_fingerprints, []) as browser_fingerprints,
        coalesce(v.total_sessions, 0) as total_sessions,
        coalesce(v.page_views, 0) as total_page_views,
        (epoch_us($now_ts::timestamp) - v.last_visit_us) // 86400000000 as days_since_last_visit,
        coalesce(v.engagement_score, 0) as engagement_score,
        t.traits
    from people as p
    left join visit_totals as v on p.user_key = v.user_key
    left join devices as d on p.user_key = d.user_key
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

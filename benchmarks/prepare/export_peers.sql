-- reads:  the store after `tsa sessionize`
-- writes: what the peers start from, so that all sides look at the same events: no bots, and for the
--         tables of integers no server-side events
-- section: people
copy (
    select
        e.event_id,
        t.event_type as event,
        e.event_ts at time zone 'UTC' as timestamp,
        a.known_id as user_id,
        a.anonymous_id,
        e.client_session_id as session_id,
        p.page_url,
        r.referrer_url,
        u.user_agent,
        i.ip_address as ip,
        e.properties
    from events as e
    semi join core as c on e.event_seq = c.event_seq
    inner join event_types as t on e.event_code = t.event_code
    inner join actors as a on e.actor_key = a.actor_key
    left join pages as p on e.page_key = p.page_key
    left join referrers as r on e.referrer_key = r.referrer_key
    left join user_agents as u on e.agent_key = u.agent_key
    left join ips as i on e.ip_key = i.ip_key
    order by e.event_seq
) to 'people.parquet' (format parquet, compression zstd)
-- section: integers
copy (
    select
        c.core_seq,
        c.device_key,
        a.user_key,
        epoch_ms(c.event_ts) as event_ms,
        c.event_code,
        coalesce(c.page_key, 0) as page_key,
        coalesce(q.path_key, 0) as path_key,
        coalesce(c.session_key, 0) as session_key,
        coalesce(c.agent_key, 0) as agent_key,
        coalesce(c.ip_key, 0) as ip_key,
        c.actor_key,
        coalesce(c.referrer_key, 0) as referrer_key,
        c.is_known,
        p.campaign_key is not null
        or (r.referrer_source is not null and coalesce(r.site_key, 0) <> coalesce(p.site_key, 0)) as is_touch,
        cast(t.event_type in ('page_viewed', 'screen_viewed') as utinyint)
        + 2 * cast(t.event_type similar to 'booking_.*|price_checked|availability_checked|service_booked|search_performed'
            || '|filter_applied|comparison_made|review_read|contact_info_submitted|quote_requested' as utinyint)
        + 4 * cast(t.event_type in ('booking_completed', 'service_booked') as utinyint) as counts_as,
        c.is_server,
        cast(e.properties as varchar) as properties
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join events as e on c.event_seq = e.event_seq
    left join (
        select page_key, dense_rank() over (order by coalesce(page_path, page_url)) as path_key
        from pages
    ) as q on c.page_key = q.page_key
    inner join event_types as t on c.event_code = t.event_code
    left join pages as p on c.page_key = p.page_key
    left join referrers as r on c.referrer_key = r.referrer_key
) to 'core.parquet' (format parquet, compression zstd);
copy (select epoch_ms(max(event_ts)) as as_of_ms from raw_events) to 'as_of.parquet' (format parquet);
copy (select * from event_types where event_code < 65534) to 'event_types.parquet' (format parquet);
copy (select page_key, page_url from pages) to 'pages.parquet' (format parquet);
copy (
    select
        s.session_key,
        s.session_id,
        s.user_key,
        s.device_key,
        epoch_ms(s.start_ts) as start_ms,
        epoch_ms(s.end_ts) as end_ms,
        s.page_views,
        s.interactive_count,
        s.conversion_count,
        coalesce(u.device_type = 'mobile', false) as is_mobile
    from session_rows as s
    left join user_agents as u on s.agent_key = u.agent_key
) to 'visits.parquet' (format parquet, compression zstd);
copy (
    select
        b.event_seq,
        a.user_key,
        b.is_booking,
        coalesce(cast(b.booking_value as double), 0) as booking_value,
        coalesce(b.booking_id, '') as booking_id,
        coalesce(b.rating, 1e9) as rating
    from service_events as b
    inner join actors as a on b.actor_key = a.actor_key
) to 'bookings.parquet' (format parquet, compression zstd);
copy (
    select user_key, user_id, coalesce(customer_segment, '') as segment
    from dim_users
) to 'users.parquet' (format parquet, compression zstd)

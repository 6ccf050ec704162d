-- table:  sessions, dim_sessions: one row per visit
-- reads:  session_rows, users_index, pages, referrers, campaigns, traffic_sources, user_agents, ips
create or replace view sessions as
select
    s.session_key,                                              -- -> core; unique, in no order
    cast(s.session_id as varchar) as session_id,                -- stable: late events do not change it
    s.device_key,
    s.actor_key,                                                -- -> actors
    s.user_key,                                                 -- -> users_index
    x.user_id,                                                  -- the stitched user
    s.start_ts,                                                 -- UTC
    s.end_ts,
    s.start_ts as start_time,                                   -- UTC, first event
    s.end_ts as end_time,                                       -- UTC, last event
    cast(s.duration_us // 1000000 as integer) as duration_seconds, -- end_time - start_time, whole seconds
    s.page_views,                                               -- page view events
    s.events_count,                                             -- events of any kind but server-side ones
    entry.page_url as entry_page,                               -- of the first event that has a page
    exit.page_url as exit_page,                                 -- of the last event that has a page
    r.referrer_url as referrer,                                 -- of the event that the source is taken from
    c.utm_source,                                               -- as in the URL of that event
    c.utm_medium,
    c.utm_campaign,
    u.device_type,                                              -- mobile | tablet | desktop | tv | console | unknown; null without an agent
    u.browser,
    u.os,
    i.ip_address,                                               -- truncated
    i.geo_country,                                              -- ISO 3166 alpha-2
    i.geo_city,
    s.bounce_flag,                                              -- by `bounce` in sessions.yaml
    r.search_engine,
    r.search_terms,
    r.social_network,
    t.channel,                                                  -- by channels.yaml
    s.is_engaged,                                               -- over 10 s, a conversion or two page views
    s.conversion_count > 0 as is_conversion,                    -- has a conversion event
    s.start_reason,                                             -- first | timeout | max_duration | campaign | midnight
    t.source,                                                   -- of the first event that is not direct
    t.medium,
    t.campaign,
    s.is_runaway,                                               -- cut at the longest duration, or too many events
    s.interactive_count,                                        -- interactive events
    s.conversion_count                                          -- conversion events
from session_rows as s
left join users_index as x on s.user_key = x.user_key
left join pages as entry on s.entry_page_key = entry.page_key
left join pages as exit on s.exit_page_key = exit.page_key
left join referrers as r on s.referrer_key = r.referrer_key
left join campaigns as c on s.campaign_key = c.campaign_key
left join traffic_sources as t on s.source_key = t.source_key
left join user_agents as u on s.agent_key = u.agent_key
left join ips as i on s.ip_key = i.ip_key

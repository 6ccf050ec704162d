-- table:  dim_sessions, one row per visit
-- reads:  sessions
create or replace view dim_sessions as
select
    session_id,                                                 -- stable: late events do not change it
    user_id,                                                    -- the stitched user
    start_time,                                                 -- UTC, first event
    end_time,                                                   -- UTC, last event
    duration_seconds,                                           -- end_time - start_time, whole seconds
    page_views,                                                 -- page view events
    events_count,                                               -- events of any kind but server-side ones
    entry_page,                                                 -- URL of the first event that has a page
    exit_page,                                                  -- URL of the last event that has a page
    referrer,                                                   -- of the event that the source is taken from
    utm_source,                                                 -- as in the URL of that event
    utm_medium,
    utm_campaign,
    device_type,                                                -- mobile | tablet | desktop | tv | console | unknown
    browser,
    os,
    ip_address,                                                 -- truncated
    geo_country,                                                -- ISO 3166 alpha-2
    geo_city,
    bounce_flag,                                                -- by `bounce` in sessions.yaml
    search_engine,
    search_terms,
    social_network,
    channel,                                                    -- by channels.yaml
    is_engaged,                                                 -- long enough, a conversion or two page views
    is_conversion,                                              -- has a conversion event
    start_reason,                                               -- first | timeout | max_duration | campaign | midnight
    source,                                                     -- of the first event that is not direct
    medium,
    is_runaway                                                  -- cut at the longest duration, or too many events
from sessions

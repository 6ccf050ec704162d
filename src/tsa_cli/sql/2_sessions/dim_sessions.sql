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
    utm_source,                                                 -- as in the URL of that event, else as told beside it
    utm_medium,                                                 -- as in the URL of that event, else as told beside it
    utm_campaign,                                               -- as in the URL of that event, else as told beside it
    device_type,                                                -- mobile | tablet | desktop | tv | console | unknown; null without an agent
    browser,                                                    -- family, from the user agent
    os,                                                         -- family, from the user agent
    ip_address,                                                 -- truncated
    geo_country,                                                -- ISO 3166 alpha-2; of the truncated address, else as the source tells
    geo_city,                                                   -- the same; null where none is known
    bounce_flag,                                                -- by `bounce` in sessions.yaml
    search_engine,                                              -- the one that the referrer is; null for any other
    search_terms,                                               -- as the search engine passed them on; mostly null
    social_network,                                             -- the one that the referrer is; null for any other
    channel,                                                    -- by channels.yaml
    is_engaged,                                                 -- long enough, a conversion or two page views
    is_conversion,                                              -- has a conversion event
    start_reason,                                               -- first | timeout | max_duration | campaign | midnight
    source,                                                     -- of the first event that is not direct
    medium,                                                     -- of the event that the source is taken from
    is_runaway                                                  -- cut at the longest duration, or too many events
from sessions

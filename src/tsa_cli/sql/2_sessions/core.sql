-- table:  core, the events that analyses read, sorted by (device_key, event_ts, event_id)
-- reads:  laid_out  lent by the step
-- notes:  server-side events are in, but belong to no session and neither open nor extend one
select
    core_seq,                                                         -- rising in this order
    device_key,
    actor_key,
    make_timestamp(event_us) as event_ts,                             -- UTC
    event_code,                                                       -- -> event_types
    nullif(page_key, 0) as page_key,                                  -- -> pages
    nullif(session_key, 0) as session_key,                            -- -> sessions; null for server-side events
    event_seq,                                                        -- -> events
    is_server <> 0 as is_server,
    nullif(referrer_key, 0) as referrer_key,                          -- -> referrers
    nullif(agent_key, 0) as agent_key,                                -- -> user_agents
    nullif(ip_key, 0) as ip_key,                                      -- -> ips
    is_known <> 0 as is_known                                         -- carries a known user id itself
from laid_out

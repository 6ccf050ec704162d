-- table:  fact_events, one row per event, bots included
-- reads:  events, core, session_rows, actors, user_agents, ingested_files
-- notes:  an event that came after the last `tsa sessionize` has its own id as user and no session
create or replace view fact_events as
select
    e.event_id,                                     -- as sent, or a hash of the content
    coalesce(a.user_id, e.user_id, e.anonymous_id) as user_id, -- stitched: the latest known id, else the anonymous id
    cast(s.session_id as varchar) as session_id,    -- -> dim_sessions; null for bots and server-side events
    e.event_type,                                   -- canonical name
    e.event_ts as event_timestamp,                  -- UTC
    e.page_url,                                     -- personal query values redacted
    e.referrer_url,                                 -- personal query values redacted
    coalesce(e.anonymous_id, e.user_id) as device_id, -- the anonymous id, else the known id
    e.properties,                                   -- JSON object
    f.ingested_at as created_at,                    -- UTC, when the event was stored
    e.anonymous_id,                                 -- as sent
    e.ip_address,                                   -- truncated
    coalesce(u.is_bot, false) as is_bot,            -- by user agent; bots are in no analysis
    f.path as source_file,                          -- as given to `tsa ingest`
    f.ingested_at,                                  -- UTC
    e.event_seq                                     -- place in order of arrival
from events as e
left join ingested_files as f on e.load_id = f.load_id
left join user_agents as u on e.user_agent = u.user_agent
left join actors as a
    on a.anonymous_id is not distinct from e.anonymous_id and a.known_id is not distinct from e.user_id
left join core as c on e.event_seq = c.event_seq
left join session_rows as s on c.session_key = s.session_key

-- table:  fact_events, one row per event, bots included
-- reads:  events, core, session_rows, ingested_files, and the lookups
-- notes:  an event that came after the last `tsa sessionize` has its own id as user and no session
create or replace view fact_events as
select
    e.event_id,                                     -- as sent, or a hash of the content
    a.user_id,                                      -- stitched: the latest known id, else the anonymous id
    cast(s.session_id as varchar) as session_id,    -- -> dim_sessions; null for bots and server-side events
    t.event_type,                                   -- canonical name
    e.event_ts as event_timestamp,                  -- UTC
    p.page_url,                                     -- personal query values redacted
    r.referrer_url,                                 -- personal query values redacted
    a.device_id,                                    -- the anonymous id, else the known id
    e.properties,                                   -- JSON object
    f.ingested_at as created_at,                    -- UTC, when the event was stored
    a.anonymous_id,                                 -- as sent
    i.ip_address,                                   -- truncated
    coalesce(u.is_bot, false) as is_bot,            -- by user agent; bots are in no analysis
    f.path as source_file,                          -- as given to `tsa ingest`
    f.ingested_at,                                  -- UTC
    e.event_seq                                     -- place in order of arrival
from events as e
inner join event_types as t on e.event_code = t.event_code
inner join actors as a on e.actor_key = a.actor_key
left join pages as p on e.page_key = p.page_key
left join referrers as r on e.referrer_key = r.referrer_key
left join ips as i on e.ip_key = i.ip_key
left join user_agents as u on e.agent_key = u.agent_key
left join ingested_files as f on e.load_id = f.load_id
left join core as c on e.event_seq = c.event_seq
left join session_rows as s on c.session_key = s.session_key

-- table:  fact_events, one row per event, whoever sent it
-- reads:  events, core, session_rows, ingested_files, excluded_agents, excluded_ips, excluded_actors, and the lookups
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
    coalesce(xa.agent_key, xi.ip_key, xp.actor_key) is not null as is_bot, -- of a bot, or of the shop's own people: in no analysis
    f.path as source_file,                          -- as given to `tsa ingest`
    f.ingested_at,                                  -- UTC
    e.event_seq                                     -- place in order of arrival
from events as e
inner join event_types as t on e.event_code = t.event_code
inner join actors as a on e.actor_key = a.actor_key
left join pages as p on e.page_key = p.page_key
left join referrers as r on e.referrer_key = r.referrer_key
left join ips as i on e.ip_key = i.ip_key
left join excluded_agents as xa on e.agent_key = xa.agent_key
left join excluded_ips as xi on e.ip_key = xi.ip_key
left join excluded_actors as xp on e.actor_key = xp.actor_key
left join ingested_files as f on e.load_id = f.load_id
left join core as c on e.event_seq = c.event_seq
left join session_rows as s on c.session_key = s.session_key

-- tables: identity_cuts, and the view fact_events as it is before the first `tsa sessionize`
-- notes:  what sessionize builds (core, sessions, actors, …) is made by 2_sessions/tables.sql, so that a
--         command which needs it can say that it is missing
create table identity_cuts (
    id_a varchar not null,                          -- two ids that may not be linked directly
    id_b varchar not null
);

create view fact_events as
select
    e.event_id,
    a.user_id,                                      -- stitched by `tsa sessionize`
    cast(null as varchar) as session_id,
    t.event_type,
    e.event_ts as event_timestamp,
    p.page_url,
    r.referrer_url,
    a.device_id,
    e.properties,
    f.ingested_at as created_at,
    a.anonymous_id,
    i.ip_address,
    coalesce(u.is_bot, false) as is_bot,
    f.path as source_file,
    f.ingested_at,
    e.event_seq
from events as e
inner join event_types as t on e.event_code = t.event_code
inner join actors as a on e.actor_key = a.actor_key
left join pages as p on e.page_key = p.page_key
left join referrers as r on e.referrer_key = r.referrer_key
left join user_agents as u on e.agent_key = u.agent_key
left join ips as i on e.ip_key = i.ip_key
left join ingested_files as f on e.load_id = f.load_id;

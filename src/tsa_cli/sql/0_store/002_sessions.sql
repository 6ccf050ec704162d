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
    coalesce(e.user_id, e.anonymous_id) as user_id, -- stitched by `tsa sessionize`
    cast(null as varchar) as session_id,
    e.event_type,
    e.event_ts as event_timestamp,
    e.page_url,
    e.referrer_url,
    coalesce(e.anonymous_id, e.user_id) as device_id,
    e.properties,
    f.ingested_at as created_at,
    e.anonymous_id,
    e.ip_address,
    false as is_bot,                                -- flagged by `tsa sessionize`
    f.path as source_file,
    f.ingested_at,
    e.event_seq
from events as e
left join ingested_files as f on e.load_id = f.load_id;

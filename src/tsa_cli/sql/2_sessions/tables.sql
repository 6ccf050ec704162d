-- tables: the lookups and results of `tsa sessionize`, created empty where absent
-- notes:  lookups hold one row per distinct value; only values not yet seen are looked up on a run
create table if not exists traffic_sources (
    source_key integer not null,
    source varchar not null,                        -- (direct) without campaign and outside referrer
    medium varchar not null,
    campaign varchar,
    channel varchar not null
);

create table if not exists touches (
    campaign_key integer not null,                  -- 0 for none
    referrer_key integer not null,                  -- 0 for none or one of our own pages
    source_key integer not null
);

create table if not exists users_index (
    user_key integer not null,                      -- never reused
    user_id varchar not null
);

create table if not exists identity_edges (
    anonymous_id varchar not null,
    user_id varchar not null,
    source varchar not null,                        -- event | identify | alias
    first_seen timestamp not null,                  -- UTC
    last_seen timestamp not null,
    event_count bigint not null,
    is_cut boolean not null,                        -- links nothing
    reason varchar                                  -- why it is cut: cut by hand | shared device
);

create table if not exists identity_persons (
    id varchar not null,
    user_id varchar not null                        -- the stitched user that the linked id stands for
);

create table if not exists session_changes (  -- one row per session that late events changed
    session_id uuid not null,                       -- an id that late events touched
    kind varchar not null,                          -- begins_earlier: id kept | merged: id gone
    kept_session_id uuid not null,                  -- where its events are now
    last_event_seq bigint not null                  -- the run that found it read events up to this one
);

create table if not exists sessionize_state (
    last_event_seq bigint not null,                 -- events up to this one are in core or left out
    known_count bigint not null,                    -- raw events up to this one, to notice a rewrite
    cut_count bigint not null,
    trait_count bigint not null,
    sorted_core_seq bigint not null,                -- rows of core after this one are not sorted by device
    definition varchar not null                     -- of the configuration that built the tables
);

create table if not exists session_rows (
    session_id uuid not null,
    device_key integer not null,
    first_event_seq bigint not null,
    anchor_event_seq bigint not null
);

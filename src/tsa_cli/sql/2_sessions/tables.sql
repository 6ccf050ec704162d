-- tables: the lookups and results of `tsa sessionize`, created empty where absent
-- notes:  lookups hold one row per distinct value; only values not yet seen are looked up on a run
create table if not exists event_types (
    event_code usmallint not null,                  -- never reused
    event_type varchar not null
);

create table if not exists user_agents (
    agent_key integer not null,
    user_agent varchar not null,
    browser varchar,
    os varchar,
    device_type varchar,                            -- mobile | tablet | desktop | tv | console | bot | unknown
    is_bot boolean not null
);

create table if not exists ips (
    ip_key integer not null,
    ip_address varchar not null,
    geo_country varchar,                            -- ISO 3166 alpha-2
    geo_city varchar
);

create table if not exists sites (
    site_key integer not null,
    domain varchar not null                         -- registrable domain
);

create table if not exists campaigns (
    campaign_key integer not null,                  -- what a page's URL says of its origin
    page_source varchar not null,                   -- utm_source, else the click id's
    page_medium varchar,
    utm_source varchar,
    utm_medium varchar,
    utm_campaign varchar,
    click_id varchar,
    click_platform varchar
);

create table if not exists pages (
    page_key integer not null,
    page_url varchar not null,
    page_host varchar,
    page_path varchar,                              -- no query, fragment, trailing slash; ids are :id
    utm_source varchar,
    utm_medium varchar,
    utm_campaign varchar,
    click_id varchar,
    click_platform varchar,
    site_key integer,                               -- -> sites; null for a URL without host
    campaign_key integer                            -- -> campaigns; null without UTM and click id
);

create table if not exists referrers (
    referrer_key integer not null,
    referrer_url varchar not null,
    referrer_domain varchar,
    search_engine varchar,
    search_terms varchar,
    social_network varchar,
    ai_assistant varchar,
    referrer_kind varchar,
    referrer_source varchar,                        -- null for our own pages
    referrer_medium varchar,
    site_key integer                                -- -> sites; null for a referrer without host
);

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

create table if not exists actors (
    actor_key integer not null,
    device_key integer not null,                    -- never reused
    user_key integer not null,                      -- -> users_index
    anonymous_id varchar,
    known_id varchar,
    device_id varchar not null,                     -- anonymous_id, else known_id
    user_id varchar not null,                       -- the stitched user
    event_count bigint not null,                    -- events in core
    first_ts timestamp,                             -- UTC; null without events in core
    last_ts timestamp
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
    reason varchar                                  -- why it is cut: by hand | shared device
);

create table if not exists identity_persons (
    id varchar not null,
    user_id varchar not null                        -- the stitched user that the linked id stands for
);

create table if not exists session_changes (
    session_id uuid not null,                       -- an id that late events touched
    kind varchar not null,                          -- begins_earlier: id kept | merged: id gone
    kept_session_id uuid not null,                  -- where its events are now
    last_event_seq bigint not null                  -- the run that found it read events up to this one
);

create table if not exists sessionize_state (
    last_event_seq bigint not null,                 -- events up to this one are in core or are bots
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

-- tables: tsa_meta, raw_events, the lookups of its keys (event_types, actors, user_agents, ips, pages, referrers,
--         and sites, campaigns), ingested_files, quarantined_events, user_traits, consent_events, runs;
--         views events, identity_links
-- notes:  raw_events is append-only but for two keys that may be replaced in place (event_code by lookups.py, actor_key
--         by ingest/logins.py): a row's place (rowid) is its event_seq for ever. Whoever must remove rows
--         (privacy) writes a new file and rebuilds `core`. No primary keys: an index costs 4x on load
--         and duplicates are found by a semi join of ids (see docs/adr/0004-exactly-once.md).
create table tsa_meta (key varchar primary key, value varchar not null);

create table raw_events (
    event_uuid uuid,                                -- the id, when its text is a lower-case UUID
    event_text varchar,                             -- the id, when it is not
    event_code usmallint not null,                  -- -> event_types: the canonical name
    event_ts timestamp not null,                    -- UTC
    actor_key integer not null,                     -- -> actors: the pair of ids as sent, or with its visit's device
    client_session_id varchar,                      -- the client's own
    page_key integer,                               -- -> pages
    referrer_key integer,                           -- -> referrers
    agent_key integer,                              -- -> user_agents
    ip_key integer,                                 -- -> ips
    properties json using compression zstd,         -- object; default compression costs 1.7x the bytes
    load_id integer not null                        -- -> ingested_files
);

create table event_types (
    event_code usmallint not null,                  -- never reused; the calls about people have the last two
    event_type varchar not null                     -- canonical name (tracking plan aliases applied)
);

insert into event_types values (65534, '$alias'), (65535, '$identify');

create table actors (
    actor_key integer not null,                     -- never reused
    device_key integer not null,                    -- never reused
    user_key integer not null,                      -- -> users_index; 0 until `tsa sessionize` saw the pair
    anonymous_id varchar,
    known_id varchar,
    device_id varchar not null,                     -- anonymous_id, else known_id
    user_id varchar not null,                       -- the stitched user
    event_count bigint not null,                    -- events in core
    first_ts timestamp,                             -- UTC; null without events in core
    last_ts timestamp
);

create table user_agents (
    agent_key integer not null,
    user_agent varchar not null,
    browser varchar,
    os varchar,
    device_type varchar,                            -- mobile | tablet | desktop | tv | console | unknown
    is_bot boolean not null
);

create table ips (
    ip_key integer not null,
    ip_address varchar not null,                    -- truncated
    geo_country varchar,                            -- ISO 3166 alpha-2
    geo_city varchar
);

create table sites (
    site_key integer not null,
    domain varchar not null                         -- registrable domain
);

create table campaigns (
    campaign_key integer not null,                  -- what a page's URL says of its origin
    page_source varchar not null,                   -- utm_source, else the click id's
    page_medium varchar,
    utm_source varchar,
    utm_medium varchar,
    utm_campaign varchar,
    click_id varchar,
    click_platform varchar
);

create table pages (
    page_key integer not null,
    page_url varchar not null,                      -- personal query values redacted
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

create table referrers (
    referrer_key integer not null,
    referrer_url varchar not null,                  -- personal query values redacted
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

create view events as
select
    rowid as event_seq,
    coalesce(event_text, cast(event_uuid as varchar)) as event_id,
    event_uuid,
    event_text,
    event_code,
    event_ts,
    actor_key,
    client_session_id,
    page_key,
    referrer_key,
    agent_key,
    ip_key,
    properties,
    load_id
from raw_events
where event_code < 65534;                               -- calls about people are no events

create table ingested_files (  -- one row per reading of a file, whole or of what it grew by, and per replay of its lines
    load_id integer not null,                       -- 1, 2, … in order of ingestion
    run_id varchar not null,                        -- -> runs
    path varchar not null,                          -- as given
    source varchar not null,                        -- mapping
    sha256 varchar not null,                        -- of the file's bytes
    size_bytes bigint not null,                     -- bytes, as stored (compressed)
    left_bytes bigint not null,                     -- an unfinished last line, left for the next run
    status varchar not null,                        -- ingested
    read_count bigint not null,                     -- lines read
    inserted_count bigint not null,                 -- of them, new events
    duplicate_count bigint not null,                -- of them, same id and same content
    conflict_count bigint not null,                 -- of them, same id and other content
    rejected_count bigint not null,                 -- of them, no events: quarantined
    ingested_at timestamp not null                  -- UTC, wall clock
);

create table quarantined_events (  -- one row per line that was refused, until a replay takes it or it is dropped
    source_file varchar not null,                   -- path as given
    line_number bigint not null,                    -- 1, 2, …; a Parquet row number
    byte_offset bigint,                             -- null in Parquet
    reason varchar not null,                        -- reason code of the contract
    detail varchar,                                 -- what is wrong with the line
    raw varchar not null,                           -- the line, personal values protected
    ingested_at timestamp not null,                 -- UTC, wall clock
    load_id integer not null,                       -- -> ingested_files
    source varchar not null                         -- mapping it was read by
);

create table user_traits (
    anonymous_id varchar,
    user_id varchar,
    key varchar not null,
    value varchar not null,                         -- personal: enc:v1:… or sha256:…; else plain text
    seen_ts timestamp not null,
    load_id integer not null
);

create table consent_events (
    anonymous_id varchar,
    user_id varchar,
    purpose varchar not null,
    granted boolean not null,
    seen_ts timestamp not null,
    load_id integer not null
);

-- calls about people are kept like events, so that they are exactly once like them
create view identity_links as
select
    a.anonymous_id,                                 -- identify: the device; alias: the previous id
    a.known_id as user_id,                          -- the known id
    case r.event_code when 65534 then 'alias' else 'identify' end as kind,
    r.event_ts as seen_ts,
    r.load_id,
    r.rowid as event_seq
from raw_events as r
inner join actors as a on r.actor_key = a.actor_key
where r.event_code >= 65534;

create table runs (  -- one row per command that writes, and per whole `tsa run`
    run_id varchar not null,                        -- sorts by time; a step's begins with its run's
    command varchar not null,                       -- without `tsa`
    started_at timestamp not null,                  -- UTC, wall clock
    ended_at timestamp,                             -- UTC, wall clock; null while it runs
    status varchar not null,                        -- running | done | breached | failed | killed
    exit_code integer,                              -- as the process ended; null while it runs
    definition varchar,                             -- hash of the configuration
    counts json                                     -- the numbers of the result, by name
);

create table plan_results (
    load_id integer not null,
    event_type varchar not null,
    total bigint not null,                          -- events read that reached the plan
    violating bigint not null                       -- of them, with at least one violation
);

create table plan_violations (
    load_id integer not null,
    event_type varchar not null,
    violation varchar not null,                     -- Unplanned-Event | Required-Missing | …
    key varchar not null,                           -- the property; '' for an unplanned event
    event_count bigint not null
);

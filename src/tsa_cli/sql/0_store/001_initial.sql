-- tables: tsa_meta, raw_events, events, ingested_files, quarantined_events, user_traits, consent_events,
--         runs; views events, identity_links
-- notes:  raw_events is append-only: a row's place (rowid) is its event_seq for ever. Whoever must remove rows
--         (privacy) writes a new file and rebuilds `core`. No primary keys: an index costs 4x on load
--         and duplicates are found by a semi join of ids (see docs/adr/0004-exactly-once.md).
create table tsa_meta (key varchar primary key, value varchar not null);

create table raw_events (
    event_uuid uuid,                                -- the id, when its text is a lower-case UUID
    event_text varchar,                             -- the id, when it is not
    event_type varchar not null,                    -- canonical name (tracking plan aliases applied)
    event_ts timestamp not null,                    -- UTC
    user_id varchar,                                -- known id as sent
    anonymous_id varchar,                           -- device or visitor id as sent
    client_session_id varchar,                      -- the client's own
    page_url varchar,                               -- personal query values redacted
    referrer_url varchar,                           -- personal query values redacted
    user_agent varchar,                             -- as sent
    ip_address varchar,                             -- truncated
    properties json using compression zstd,         -- object; default compression costs 1.7x the bytes
    load_id integer not null                        -- -> ingested_files
);

create view events as
select
    rowid as event_seq,
    coalesce(event_text, cast(event_uuid as varchar)) as event_id,
    event_uuid,
    event_text,
    event_type,
    event_ts,
    user_id,
    anonymous_id,
    client_session_id,
    page_url,
    referrer_url,
    user_agent,
    ip_address,
    properties,
    load_id
from raw_events
where event_type not in ('$identify', '$alias');        -- calls about people are no events

create table ingested_files (
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

create table quarantined_events (
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
    anonymous_id,                                   -- identify: the device; alias: the previous id
    user_id,                                        -- the known id
    substr(event_type, 2) as kind,                  -- identify | alias
    event_ts as seen_ts,
    load_id
from raw_events
where event_type in ('$identify', '$alias');

create table runs (
    run_id varchar not null,                        -- sorts by time; a step's begins with its run's
    command varchar not null,                       -- without `tsa`
    started_at timestamp not null,                  -- UTC, wall clock
    ended_at timestamp,                             -- UTC, wall clock; null while it runs
    status varchar not null,                        -- running | done | breached | failed
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

-- table: repeats (temporary), each row of the file whose id is known, beside the row that came first
-- reads: held_rows, raw_events
-- notes: the first row of an id, in the store or else in the file, is the one that holds (D2). A text is no
--        fact: what is kept of it depends on the configuration. Nor is it one that an event belongs to no visit
--        (the word OUTSIDE of config/sources.py), which its mapping may not have told before
create or replace temp table repeats as
with known as (
    select
        ordinal,
        event_uuid,
        event_text,
        event_ts,
        struct_pack(event_code := event_code, client_session_id := nullif(client_session_id, '(none)')) as facts,
        struct_pack(
            actor_key := actor_key, page_key := page_key, referrer_key := referrer_key,
            agent_key := agent_key, ip_key := ip_key
        ) as words,
        cast(properties as varchar) as properties
    from held_rows
),
stored as (
    select
        event_uuid,
        event_text,
        event_ts,
        struct_pack(event_code := event_code, client_session_id := nullif(client_session_id, '(none)')) as facts,
        struct_pack(
            actor_key := actor_key, page_key := page_key, referrer_key := referrer_key,
            agent_key := agent_key, ip_key := ip_key
        ) as words,
        cast(properties as varchar) as properties
    from raw_events
    where event_uuid in (select event_uuid from known) or event_text in (select event_text from known)
),
first_stored as (
    select event_uuid, event_text, any_value(event_ts) as event_ts, any_value(facts) as facts,
        any_value(words) as words, any_value(properties) as properties
    from stored
    group by event_uuid, event_text
),
first_sent as (
    select
        event_uuid, event_text, min(ordinal) as ordinal, arg_min(event_ts, ordinal) as event_ts,
        arg_min(facts, ordinal) as facts, arg_min(words, ordinal) as words,
        arg_min(properties, ordinal) as properties
    from known
    group by event_uuid, event_text
)
select
    known.ordinal,
    first_stored.facts is null and known.ordinal = first_sent.ordinal as is_first,
    known.facts is not distinct from coalesce(first_stored.facts, first_sent.facts) as has_same_facts,
    known.event_ts = coalesce(first_stored.event_ts, first_sent.event_ts) as has_same_time,
    known.facts.client_session_id as client_session_id,
    known.words,
    coalesce(first_stored.words, first_sent.words) as first_words,
    known.properties as properties,
    coalesce(first_stored.properties, first_sent.properties) as first_properties
from known
join first_sent
    on known.event_uuid is not distinct from first_sent.event_uuid
    and known.event_text is not distinct from first_sent.event_text
left join first_stored
    on known.event_uuid is not distinct from first_stored.event_uuid
    and known.event_text is not distinct from first_stored.event_text

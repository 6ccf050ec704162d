-- table:  consent_events, a row per purpose that a line decides on
-- reads:  @told (rows with a consent)
-- params: $yes, $no VARCHAR[]  the words of each
-- notes:  a no must not be lost because it is written as a word
insert into consent_events by name
select
    anonymous_id,
    user_id,
    purpose,
    list_contains($yes, word) as granted,
    seen_ts,
    load_id
from (
    select
        anonymous_id,
        user_id,
        load_id,
        choice.key as purpose,
        trim(lower(cast(choice.value as varchar)), '" ') as word,
        seen_ts
    from (
        select
            anonymous_id,
            user_id,
            event_ts as seen_ts,
            load_id,
            unnest(map_entries(from_json(consent, '"MAP(VARCHAR, JSON)"'))) as choice
        from (@told)
        where json_type(consent) = 'OBJECT'
    )
)
where list_contains($yes || $no, word)

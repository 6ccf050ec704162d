-- table:  consent_events, a row per purpose that a line decides on
-- reads:  @told (rows with a consent)
-- params: $load_id INTEGER
insert into consent_events by name
select
    anonymous_id,
    user_id,
    choice.key as purpose,
    choice.value = 'true' as granted,
    seen_ts,
    cast($load_id as integer) as load_id
from (
    select
        anonymous_id,
        user_id,
        event_ts as seen_ts,
        unnest(map_entries(from_json(consent, '"MAP(VARCHAR, JSON)"'))) as choice
    from (@told)
    where json_type(consent) = 'OBJECT'
)
where choice.value in ('true', 'false')

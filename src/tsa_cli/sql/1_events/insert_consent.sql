-- table:  consent_events, a row per purpose that an accepted line decides on
-- reads:  @normalised; @accepted
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
        c_anonymous_id as anonymous_id,
        c_user_id as user_id,
        event_ts as seen_ts,
        unnest(map_entries(from_json(c_consent, '"MAP(VARCHAR, JSON)"'))) as choice
    from (@normalised)
    where (@accepted) and json_type(c_consent) = 'OBJECT'
)
where choice.value in ('true', 'false')

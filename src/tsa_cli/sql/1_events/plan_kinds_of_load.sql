-- answers: how many of the load's events have which types, keys and wrong values
-- reads:   raw_events, event_types
-- params:  $load_id INTEGER
-- slots:   @kinds, @keys, @wrong_keys (VARCHAR[] each) from the tracking plan
-- notes:   json_type of the planned keys costs half of a json_structure of all; groups are told apart by
--          a hash of 64 bits, because comparing lists costs as much as making them
select
    event_type,
    any_value(kinds) as kinds,
    any_value(keys) as keys,
    any_value(wrong_keys) as wrong_keys,
    count(*) as event_count
from (
    select
        t.event_type,
        @kinds as kinds,
        @keys as keys,
        @wrong_keys as wrong_keys
    from raw_events as e
    inner join event_types as t on e.event_code = t.event_code
    where e.load_id = $load_id and e.event_code < 65534
)
group by event_type, hash(kinds), hash(keys), hash(wrong_keys)

-- answers: how many of the events of each load have which types, keys and wrong values
-- reads:   @events (load_id, event_type, properties, event_count)
-- slots:   @kinds, @keys, @wrong_keys (VARCHAR[] each) from the tracking plan
-- notes:   json_type of the planned keys costs half of a json_structure of all; groups are told apart by
--          a hash of 64 bits, because comparing lists costs as much as making them
select
    load_id,
    event_type,
    any_value(kinds) as kinds,
    any_value(keys) as keys,
    any_value(wrong_keys) as wrong_keys,
    cast(sum(event_count) as bigint) as event_count
from (
    select
        t.load_id,
        t.event_type,
        @kinds as kinds,
        @keys as keys,
        @wrong_keys as wrong_keys,
        t.event_count
    from (@events) as t
)
group by load_id, event_type, hash(kinds), hash(keys), hash(wrong_keys)

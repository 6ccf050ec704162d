-- answers: how many of the load's events have which types, keys and wrong values
-- reads:   raw_events
-- params:  $load_id INTEGER
-- slots:   @kinds, @keys, @wrong_keys (VARCHAR[] each) from the tracking plan
-- notes:   json_type of the planned keys costs half of a json_structure of all
select
    event_type,
    @kinds as kinds,
    @keys as keys,
    @wrong_keys as wrong_keys,
    count(*) as event_count
from raw_events
where load_id = $load_id and event_type not in ('$identify', '$alias')
group by all

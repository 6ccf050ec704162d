-- answers: how many of the load's events have which types, keys and wrong values
-- reads:   raw_events, event_types
-- params:  $load_id INTEGER
-- slots:   @kinds, @keys, @wrong_keys (VARCHAR[] each) from the tracking plan
-- notes:   json_type of the planned keys costs half of a json_structure of all
select
    t.event_type,
    @kinds as kinds,
    @keys as keys,
    @wrong_keys as wrong_keys,
    count(*) as event_count
from raw_events as e
inner join event_types as t on e.event_code = t.event_code
where e.load_id = $load_id and e.event_code < 65534
group by all

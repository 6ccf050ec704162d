-- reads:  events, actors
-- params: $most_events BIGINT   of a range, about
--         $devices_each INTEGER  that are counted together: fewer are slower
-- notes:  the first device of each range; ranges of whole devices, with about as many events in each
with counted as (
    select
        a.device_key // $devices_each as place,
        count(*) as event_count
    from events as e
    inner join actors as a on e.actor_key = a.actor_key
    group by place
),
placed as (
    select
        place * $devices_each as device_key,
        sum(event_count) over (order by place) - event_count as events_before,
        sum(event_count) over () as all_events
    from counted
)
select min(device_key) as from_device_key
from placed
group by floor(events_before * ceil(all_events / $most_events) / all_events)
order by from_device_key

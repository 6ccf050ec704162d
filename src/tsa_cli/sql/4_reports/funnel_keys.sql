-- answer: the events of some names, one row per event, in no order
-- reads:  core, actors, event_types
-- params: $from_ts, $to_ts TIMESTAMP  both included
--         $names VARCHAR[]
-- slots:  @unit
with wanted as (
    select
        event_code,
        cast(list_position($names, event_type) as usmallint) as name_place -- 1, 2, … in $names
    from event_types
    where list_contains($names, event_type)
)
select
    cast(@unit as bigint) as unit_key,
    epoch_us(c.event_ts) as time_us,                -- UTC
    w.name_place
from core as c
inner join actors as a on c.actor_key = a.actor_key
inner join wanted as w on c.event_code = w.event_code
where c.event_ts between $from_ts and $to_ts and @unit is not null

-- answer: the events of some units that a funnel looks at, in the order (unit_key, event_ts, event_id)
-- reads:  core, actors, event_types, events, pages, and what the matchers ask for
-- params: $user_key INTEGER     the person on whose devices the units are
--         $unit_keys BIGINT[]   the units
--         $as_of TIMESTAMP      later events are unknown
--         $is_strict BOOLEAN    keep the events that may stand between two steps, too
--         $ignored VARCHAR[]    names that never stand between two strict steps
-- slots:  @unit, @columns, @joins, @mask, @held
-- notes:  bit k of marks is step k, the bits above are exclusions; core is sorted by device
with readable as (
    select
        cast(@unit as bigint) as unit_key,
        c.event_ts,
        c.event_seq as seq
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.device_key in (select device_key from actors where user_key = $user_key)
        and c.event_ts <= $as_of
        and not list_contains($ignored, w.event_type)
        and list_contains($unit_keys, cast(@unit as bigint))
),
marked as (
    select
        unit_key,
        event_ts,
        seq,
        @mask as marks,
        @held as held
    from readable
)
select
    m.unit_key,
    epoch_us(m.event_ts) as time_us,                -- UTC
    m.marks,
    m.held,                                         -- held values as text; null when one is missing
    w.event_type,
    e.event_id,
    p.page_url
from marked as m
inner join events as e on m.seq = e.event_seq
inner join event_types as w on e.event_code = w.event_code
left join pages as p on e.page_key = p.page_key
where m.marks <> 0 or $is_strict
order by m.unit_key, m.event_ts, e.event_id

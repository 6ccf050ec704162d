-- answer: the events that a funnel needs, one row per event, in the order (unit_key, event_ts, tie-break)
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $from_ts, $to_ts TIMESTAMP  an attempt's events lie between, both included
--         $is_any_name BOOLEAN        an event of any name may be needed
--         $names VARCHAR[]            else the names that may
--         $ignored VARCHAR[]          names that never stand between two strict steps
--         $is_strict BOOLEAN          keep every event of a unit that can start
-- slots:  @unit, @tie_break, @columns, @joins, @mask, @hold, @split
-- notes:  bit k of marks is step k, the bits above are exclusions
with readable as (
    select
        @unit as unit_key,
        c.event_ts,
        c.core_seq
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts between $from_ts and $to_ts
        and ($is_any_name or list_contains($names, w.event_type))
        and not list_contains($ignored, w.event_type)
),
marked as (
    select
        cast(unit_key as bigint) as unit_key,
        event_ts,
        core_seq,
        @tie_break as tie_break,
        @mask as marks,
        @hold as held,
        @split as split
    from readable
    where unit_key is not null
),
starters as (
    select distinct unit_key
    from marked
    where marks & 1 = 1
)
select
    unit_key,
    epoch_us(event_ts) as time_us,                  -- UTC
    core_seq,
    marks,
    held,                                           -- held values as text; null when one is missing
    split                                           -- the breakdown's value as text
from marked
where marks <> 0 or ($is_strict and unit_key in (select unit_key from starters))
order by unit_key, event_ts, tie_break

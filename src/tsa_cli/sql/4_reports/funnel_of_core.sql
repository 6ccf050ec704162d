-- answer: what needs more than events to tell: one row per event that may matter
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $from_ts, $to_ts TIMESTAMP  both included
--         $is_any_name BOOLEAN        an event of any name may be needed
--         $names VARCHAR[]            else the names that may
-- slots:  @columns, @joins, @mask, @hold, @split, @told
with readable as (
    select c.event_seq
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts between $from_ts and $to_ts
        and ($is_any_name or list_contains($names, w.event_type))
),
marked as (
    select
        event_seq as place,
        @mask as marks,                             -- bit j is the j-th of the matchers asked for
        @hold as held,                              -- held values as text; null when one is missing
        @split as split                             -- the breakdown's value as text
    from readable
)
select
    place,
    marks
    @told
from marked

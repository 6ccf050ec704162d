-- answer: what events alone tell of a funnel: one row per event that may matter
-- reads:  events, event_types
-- params: $from_ts, $to_ts TIMESTAMP  both included
--         $is_any_name BOOLEAN        an event of any name may be needed
--         $names VARCHAR[]            else the names that may
-- slots:  @columns, @mask, @hold, @split, @told
-- notes:  in the order of arrival, in which documents are stored: a join to core would cost more than reading them;
--         to leave out what does not match would have the engine parse each document twice, once to test it
with readable as (
    select e.event_seq
        @columns
    from events as e
    inner join event_types as w on e.event_code = w.event_code
    where e.event_ts between $from_ts and $to_ts
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

-- answer: the events that start someone or count as a return, one row per event
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $before TIMESTAMP       only earlier events
--         $is_any_name BOOLEAN    a matcher may hold for any event name
--         $names VARCHAR[]        else the names for which one may hold
-- slots:  @columns, @joins, @mask from the matchers: bit 0 of marks is the start, bit 1 the return
-- notes:  server-side events count: a repair that is completed brings its customer back
with readable as (
    select
        a.user_key,
        epoch_us(c.event_ts) as time_us
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts < $before and ($is_any_name or list_contains($names, w.event_type))
),
marked as (
    select
        user_key,
        time_us,                                   -- UTC
        @mask as marks
    from readable
)
select
    user_key,
    time_us,
    marks
from marked
where marks <> 0

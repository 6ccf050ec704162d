-- answer: the events for which at least one matcher holds, one row per event, in core order
-- reads:  core, actors, event_types, and what the matchers ask for
-- params: $as_of TIMESTAMP        later events are unknown
--         $is_any_name BOOLEAN    a matcher may hold for any event name
--         $names VARCHAR[]        else the names for which one may hold
-- slots:  @columns, @joins, @mask from the matchers: bit k of marks is matcher k
with readable as (
    select
        c.core_seq,
        coalesce(c.session_key, -1) as session_key,
        a.user_key,
        epoch_us(c.event_ts) as time_us
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts <= $as_of and ($is_any_name or list_contains($names, w.event_type))
),
marked as (
    select
        core_seq,
        session_key,                               -- -1: a server-side event
        user_key,
        time_us,                                   -- UTC
        @mask as marks
    from readable
)
select
    core_seq,
    session_key,
    user_key,
    time_us,
    marks
from marked
where marks <> 0
order by core_seq

-- answers: the traits that the accepted lines of the file carry, as sent, where they change
-- reads:   @normalised; @accepted
-- notes:   clear personal values: they go to Python to be protected, never into a table. Some sources
--          repeat all traits on every line: of equal neighbours in time only the ends are kept
select anonymous_id, user_id, seen_ts, traits
from (
    select
        c_anonymous_id as anonymous_id,
        c_user_id as user_id,
        event_ts as seen_ts,
        cast(c_traits as varchar) as traits,
        lag(cast(c_traits as varchar)) over by_time as earlier_traits,
        lead(cast(c_traits as varchar)) over by_time as later_traits
    from (@normalised)
    where (@accepted) and c_traits is not null
    window by_time as (partition by c_anonymous_id, c_user_id order by event_ts, c_traits)
)
where traits is distinct from earlier_traits or traits is distinct from later_traits

-- answers: the traits that lines carry, as sent, where they change
-- reads:   @told (rows with traits)
-- params:  $group_count, $group BIGINT  people are looked at in so many groups, this one now
-- notes:   clear personal values: they go to Python to be protected, never into a table. Some sources
--          repeat all traits on every line: of equal neighbours in time only the ends are kept
select anonymous_id, user_id, seen_ts, traits, load_id
from (
    select
        anonymous_id,
        user_id,
        event_ts as seen_ts,
        traits,
        load_id,
        lag(traits) over by_time as earlier_traits,
        lead(traits) over by_time as later_traits
    from (@told)
    where traits is not null and hash(anonymous_id, user_id) % $group_count = $group
    window by_time as (partition by load_id, anonymous_id, user_id order by event_ts, traits)
)
where traits is distinct from earlier_traits or traits is distinct from later_traits

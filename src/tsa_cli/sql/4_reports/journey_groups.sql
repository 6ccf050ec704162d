-- answer: the sessions with one of two values of a key, read at the session's first event
-- reads:  core, actors, event_types, and what the key asks for
-- params: $first VARCHAR, $second VARCHAR
-- slots:  @columns, @joins, @value from the key
with firsts as (
    select min(core_seq) as core_seq
    from core
    where session_key is not null
    group by session_key
),
readable as (
    select c.session_key
        @columns
    from core as c
    inner join firsts as k on c.core_seq = k.core_seq
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
),
valued as (
    select
        session_key,
        @value as value
    from readable
)
select
    session_key,
    value = $first as is_first
from valued
where value = $first or value = $second

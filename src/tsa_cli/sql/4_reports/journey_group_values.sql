-- answer: the values of a key at the first event of each session of the asked time, most common first
-- reads:  core, session_rows, actors, event_types, and what the key asks for
-- params: $since TIMESTAMP, $until TIMESTAMP  both inclusive; $most BIGINT  this many values
-- slots:  @columns, @joins, @value from the key
with firsts as (
    select min(c.core_seq) as core_seq
    from core as c
    inner join session_rows as b on c.session_key = b.session_key
    where b.start_ts >= $since and b.start_ts <= $until
    group by c.session_key
),
readable as (
    select c.core_seq
        @columns
    from core as c
    inner join firsts as k on c.core_seq = k.core_seq
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
),
valued as (
    select @value as value
    from readable
)
select value
from valued
where value is not null
group by value
order by count(*) desc, value
limit $most

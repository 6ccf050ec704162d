-- reads:  core, actors, event_types and what the matcher asks; cutoffs(cutoff, from_ts, until_ts)
-- slots:  @joins, @columns, @condition of the label's matcher
-- notes:  a label lies in [from_ts, until_ts): an event at the cut-off itself is the future
with read as (
    select
        a.user_id,
        c.event_ts as label_ts
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where
        c.event_ts >= (select min(from_ts) from cutoffs)
        and c.event_ts < (select max(until_ts) from cutoffs)
),

labels as (
    select user_id, label_ts
    from read
    where @condition
)

select distinct
    t.cutoff,
    l.user_id
from labels as l
inner join cutoffs as t on l.label_ts >= t.from_ts and l.label_ts < t.until_ts
order by t.cutoff, l.user_id

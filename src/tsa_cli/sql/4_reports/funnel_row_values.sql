-- answer: the breakdown's value of each event in lent_rows, where it has one
-- reads:  lent_rows(core_seq), core, actors, event_types, and what the key asks for
-- slots:  @columns, @joins, @split
with readable as (
    select c.core_seq
        @columns
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.core_seq in (select core_seq from lent_rows)
)
select
    core_seq,
    @split as split                                 -- as text
from readable
where @split is not null

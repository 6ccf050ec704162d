-- answer: what the units in lent_units did next, one row per path, most frequent first
-- reads:  lent_units(place, unit_key, last_step, last_ts, last_seq), core, actors, event_types
-- params: $as_of TIMESTAMP   later events are unknown
--         $most BIGINT       events of a path
-- slots:  @unit
with following as (
    select
        l.place,
        w.event_type,
        row_number() over (partition by l.place order by c.event_ts, c.core_seq) as nth
    from lent_units as l
    inner join (
        select
            @unit as unit_key,
            c.event_ts,
            c.core_seq,
            c.event_code
        from core as c
        inner join actors as a on c.actor_key = a.actor_key
        where c.event_ts <= $as_of
    ) as c
        on l.unit_key = c.unit_key
        and (c.event_ts > l.last_ts or (c.event_ts = l.last_ts and c.core_seq > l.last_seq))
    inner join event_types as w on c.event_code = w.event_code
    qualify nth <= $most
),
paths as (
    select
        place,
        list(event_type order by nth) as path
    from following
    group by place
)
select
    l.last_step,
    coalesce(p.path, []) as path,                   -- empty: nothing more
    count(*) as path_count
from lent_units as l
left join paths as p on l.place = p.place
group by l.last_step, coalesce(p.path, [])
order by l.last_step, path_count desc, path

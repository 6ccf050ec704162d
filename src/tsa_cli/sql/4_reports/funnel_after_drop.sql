-- answer: what the units in lent_units did next, one row per path, most frequent first
-- reads:  lent_units(place, unit_key, last_step, last_ts, last_seq), lent_rows(place, core_seq), core, actors,
--         event_types, events
-- params: $as_of TIMESTAMP   later events are unknown
--         $most BIGINT       events of a path
-- slots:  @unit
-- notes:  the devices of a user lie apart in core, whose numbers order the events of one device alone; ids, which
--         are long, are read of the few that may be among the next. What filled a step up to the last one
--         (lent_rows) did not come after it, even where equal times let a later step have the smaller id
with later as (
    select
        l.place,
        c.event_seq,
        c.event_ts,
        c.event_code,
        c.event_ts = l.last_ts as is_tied,
        k.event_seq as last_event_seq
    from lent_units as l
    inner join core as k on l.last_seq = k.core_seq
    inner join (
        select
            @unit as unit_key,
            c.event_ts,
            c.event_seq,
            c.event_code,
            c.core_seq
        from core as c
        inner join actors as a on c.actor_key = a.actor_key
        where c.event_ts <= $as_of
    ) as c
        on l.unit_key = c.unit_key
        and c.event_ts >= l.last_ts
    anti join lent_rows as r on l.place = r.place and c.core_seq = r.core_seq
    qualify rank() over (partition by l.place, c.event_ts = l.last_ts order by c.event_ts) <= $most
),
following as (
    select
        n.place,
        w.event_type,
        row_number() over (partition by n.place order by n.event_ts, e.event_id) as nth
    from later as n
    inner join events as e on n.event_seq = e.event_seq
    left join events as f on n.last_event_seq = f.event_seq and n.is_tied
    inner join event_types as w on n.event_code = w.event_code
    where not n.is_tied or e.event_id > f.event_id
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

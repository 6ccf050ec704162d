-- answer: for each event type, how many units of each side did it while they were observed
-- reads:  lent_units(place, unit_key, is_converted, start_ts, start_seq, end_ts), core, actors, event_types
-- params: $left_out VARCHAR[]   names that the funnel itself asks for
-- slots:  @unit
select
    w.event_type as name,
    count(distinct l.place) filter (where l.is_converted) as converted_with,
    count(distinct l.place) filter (where not l.is_converted) as dropped_with
from lent_units as l
inner join (
    select
        @unit as unit_key,
        c.event_ts,
        c.core_seq,
        c.event_code
    from core as c
    inner join actors as a on c.actor_key = a.actor_key
) as c
    on l.unit_key = c.unit_key
    and c.event_ts between l.start_ts and l.end_ts
    and c.core_seq <> l.start_seq
inner join event_types as w on c.event_code = w.event_code
where not list_contains($left_out, w.event_type)
group by w.event_type
order by w.event_type

-- reads:  tied_events(place, event_seq)  lent by the step; events
-- notes:  ids have one order as texts, whatever they are stored as
select
    t.place,
    cast(row_number() over (order by coalesce(e.event_text, cast(e.event_uuid as varchar))) as bigint) as rank
from tied_events as t
inner join events as e on t.event_seq = e.event_seq

-- relation: the documents of events whose id came several times, first of their id
-- reads:    @rows (held rows), event_types
-- notes:    calls about people are not judged
select r.load_id, t.event_type, coalesce(r.sent_properties, r.properties) as properties, 1 as event_count
from (@rows) as r
inner join event_types as t on r.event_code = t.event_code
where r.event_code < 65534

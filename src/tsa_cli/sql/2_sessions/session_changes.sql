-- table:  session_changes, with what late events did to sessions of earlier runs
-- reads:  anchor_places, session_rows, core
-- params: $after_event_seq BIGINT  later events are new
insert into session_changes
select
    o.session_id,
    case when o.session_id = s.session_id then 'begins_earlier' else 'merged' end as kind,
    s.session_id as kept_session_id,
    (select max(event_seq) from core where event_seq > $after_event_seq) as last_event_seq
from anchor_places as o
inner join session_rows as s on o.session_key = s.session_key
where o.session_id <> s.session_id or o.first_event_seq <> s.first_event_seq
order by o.session_id

-- table:  anchor_places (temporary), the session that now holds the event an old id was made from
-- reads:  old_sessions, core_scope
create or replace temp table anchor_places as
select
    o.session_id,
    o.anchor_event_seq,
    o.first_event_seq,
    c.session_key,
    c.core_seq
from old_sessions as o
inner join core_scope as c on o.anchor_event_seq = c.event_seq

-- table:  session_ids (temporary), the lasting id of each session of session_spans
-- reads:  session_spans, anchor_places, actors, events
-- notes:  a hash of the device and the event the visit began with when it was first seen; events that arrive late
--         and come before it do not change the id, nor is it made again. By itself, so that events are not the table
--         that a join keeps in memory; events.event_id is not read: the view would make the text of every id, not of
--         those joined
create or replace temp table session_ids as
with anchors as (
    select
        session_key,
        arg_min(session_id, core_seq) as session_id,
        arg_min(anchor_event_seq, core_seq) as anchor_event_seq
    from anchor_places
    group by session_key
),
first_seen as (
    select
        s.session_key,
        s.actor_key,
        s.first_event_seq
    from session_spans as s
    anti join anchors as a on s.session_key = a.session_key
)
select
    session_key,
    anchor_event_seq,
    session_id
from anchors
union all
select
    s.session_key,
    s.first_event_seq as anchor_event_seq,
    cast(md5(a.device_id || chr(31) || coalesce(e.event_text, cast(e.event_uuid as varchar))) as uuid) as session_id
from first_seen as s
inner join actors as a on s.actor_key = a.actor_key
inner join events as e on s.first_event_seq = e.event_seq

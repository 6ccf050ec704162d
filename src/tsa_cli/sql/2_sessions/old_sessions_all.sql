-- table:  old_sessions (temporary), the sessions that a full run replaces: all
-- reads:  session_rows
create or replace temp table old_sessions as
select
    session_id,
    anchor_event_seq,
    first_event_seq
from session_rows

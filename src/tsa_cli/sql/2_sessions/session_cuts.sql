-- table:  session_cuts (temporary), why the sessions that a cut began do so
-- reads:  found_cuts(core_seq, reason, previous_session_key)  lent by the step
create or replace temp table session_cuts as
select
    core_seq,
    reason,
    previous_session_key                -- that of the event before it
from found_cuts

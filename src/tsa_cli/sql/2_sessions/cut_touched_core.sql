-- table:  touched_core, with the sessions of `cut_rows` renumbered
-- reads:  cut_rows(core_seq, session_key)  lent by the step
update touched_core
set session_key = cut_rows.session_key
from cut_rows
where touched_core.core_seq = cut_rows.core_seq

-- table:  core, with the sessions of `cut_rows` renumbered
-- reads:  cut_rows(core_seq, session_key)  lent by the step
update core
set session_key = cut_rows.session_key
from cut_rows
where core.core_seq = cut_rows.core_seq

-- reads:  core, session_rows
-- notes:  the sessions of core are those of session_rows, which has a seventh of its rows
select
    coalesce(max(core_seq), -1) as newest_core_seq,
    (select coalesce(max(session_key), 0) from session_rows) as newest_session_key,
    count(*) as row_count
from core

-- reads:  core
select
    coalesce(max(core_seq), -1) as newest_core_seq,
    coalesce(max(session_key), 0) as newest_session_key,
    count(*) as row_count
from core

-- reads:  core_scope
select
    coalesce(min(core_seq), 0) as first_core_seq,
    coalesce(max(core_seq), 0) as last_core_seq
from core_scope

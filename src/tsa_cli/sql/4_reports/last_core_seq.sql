-- answer: the last number of a row in core, -1 without one
-- reads:  core
select coalesce(max(core_seq), -1) as last_seq
from core

-- view: core_scope (temporary), the events whose sessions a run builds: the renewed ones
-- reads: touched_core
create or replace temp view core_scope as
select *
from touched_core
where session_key is not null

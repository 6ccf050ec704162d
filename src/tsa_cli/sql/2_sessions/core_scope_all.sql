-- view: core_scope (temporary), the events whose sessions a run builds: all
create or replace temp view core_scope as
select *
from core
where session_key is not null

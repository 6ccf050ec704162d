-- view:  service_scope (temporary), the shop events of people that a run reads: all
-- reads: core, service_flags
create or replace temp view service_scope as
select
    c.event_seq,
    c.actor_key,
    c.event_ts
from core as c
semi join service_flags as f on c.event_code = f.event_code

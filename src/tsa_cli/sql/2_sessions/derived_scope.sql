-- table:  derived_scope (temporary), the users of whom something else may be derived than before
-- reads:  actors, derived_actors, core
-- params: $waiting_since TIMESTAMP  whoever has a later event may have waited for another one at the last derivation
-- notes:  a new event may move the sessions of everyone on its device; who is someone else now is in twice
create or replace temp table derived_scope as
with changed as (
    select
        a.device_key,
        k.user_key as old_user_key
    from actors as a
    left join derived_actors as k on a.actor_key = k.actor_key
    where k.user_key is distinct from a.user_key or k.event_count is distinct from a.event_count
)
select user_key from actors where device_key in (select device_key from changed)
union
select old_user_key from changed where old_user_key is not null
union
select a.user_key
from core as c
inner join actors as a on c.actor_key = a.actor_key
where c.event_ts > $waiting_since

-- table:  moved_ids (temporary), the ids that stand for another user than before; null is none but the id itself
-- reads:  affected_ids, identity_persons (of the run before), persons
create or replace temp table moved_ids as
select
    i.id,
    o.user_id as old_user_id,
    n.user_id as new_user_id
from affected_ids as i
left join identity_persons as o on i.id = o.id
left join persons as n on i.id = n.id
where o.user_id is distinct from n.user_id

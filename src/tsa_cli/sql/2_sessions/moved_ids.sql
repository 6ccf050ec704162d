-- table:  moved_ids (temporary), the ids that stand for another user than before; null is none but the id itself
-- reads:  affected_ids, persons
create or replace temp table moved_ids as
select
    i.id,
    i.old_user_id,
    n.user_id as new_user_id
from affected_ids as i
left join persons as n on i.id = n.id
where i.old_user_id is distinct from n.user_id

-- table:  edges (temporary), which ids were seen together, and which of these links count
-- reads:  evidence, identity_cuts
-- params: $max_users_per_device INTEGER  a device with more known ids is shared and links nobody
create or replace temp table edges as
with by_hand as (
    select
        e.*,
        exists (
            select 1
            from identity_cuts as c
            where (c.id_a = e.anonymous_id and c.id_b = e.user_id) or (c.id_a = e.user_id and c.id_b = e.anonymous_id)
        ) as is_cut_by_hand
    from evidence as e
),
shared as (
    select anonymous_id
    from by_hand
    where not is_cut_by_hand
    group by anonymous_id
    having count(distinct user_id) > $max_users_per_device
)
select
    anonymous_id,
    user_id,
    source,
    first_seen,
    last_seen,
    event_count,
    is_cut_by_hand or anonymous_id in (select anonymous_id from shared) as is_cut,
    case
        when is_cut_by_hand then 'cut by hand'
        when anonymous_id in (select anonymous_id from shared) then 'shared device'
    end as reason
from by_hand

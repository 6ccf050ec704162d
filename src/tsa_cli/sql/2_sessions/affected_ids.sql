-- table:  affected_ids (temporary), the ids whose user or links new events and calls may change, and the user that
--         they stood for
-- reads:  actors, new_core, new_links, identity_cuts, identity_edges, identity_persons
-- notes:  whatever is new links ids that are named here; what they were linked to before is the person they
--         stood for, so that nobody else's component can change
create or replace temp table affected_ids as
with pairs as (
    select
        anonymous_id as left_id,
        known_id as right_id
    from actors
    where actor_key in (select actor_key from new_core)
    union all
    select
        anonymous_id as left_id,
        known_id as right_id
    from actors
    where user_key = 0
    union all
    select
        anonymous_id as left_id,
        user_id as right_id
    from new_links
    union all
    select
        id_a as left_id,
        id_b as right_id
    from identity_cuts
    union all
    -- A device with too many users links nobody, and may have few enough without the one that was cut.
    select
        anonymous_id as left_id,
        user_id as right_id
    from identity_edges
    where anonymous_id in (select id_a from identity_cuts union all select id_b from identity_cuts)
),
named as (
    select left_id as id from pairs where left_id is not null
    union
    select right_id as id from pairs where right_id is not null
),
known as (
    select
        id,
        user_id
    from identity_persons
    where user_id in (select user_id from identity_persons where id in (select id from named))
)
select
    id,
    user_id as old_user_id                              -- null: stands for itself
from known
union all
select
    n.id,
    null as old_user_id
from named as n
anti join known as k on n.id = k.id

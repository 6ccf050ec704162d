-- table:  trait_values (temporary), the latest value of each trait of each user in scope
-- reads:  scoped_traits
-- notes:  of two equally late values the greater one; two plain aggregates are faster than an ordered one. The hashes
--         of a personal field come from its latest statement, so that none outlives the value it was made of
create or replace temp table trait_values as
with owned as (
    select
        user_id,
        key,
        split_part(key, '_sha256', 1) as field,
        value,
        seen_ts
    from scoped_traits
),
latest as (
    select
        user_id,
        field,
        max(seen_ts) as seen_ts
    from owned
    group by user_id, field
)
select
    o.user_id,
    o.key,
    max(o.value) as value
from owned as o
inner join latest as l on o.user_id = l.user_id and o.field = l.field and o.seen_ts = l.seen_ts
group by o.user_id, o.key

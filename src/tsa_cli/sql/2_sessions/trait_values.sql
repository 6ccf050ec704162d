-- table:  trait_values (temporary), the latest value of each trait of each user
-- reads:  user_traits, persons
create or replace temp table trait_values as
with owned as (
    select
        case
            when t.user_id is not null then coalesce(k.user_id, t.user_id)
            else coalesce(d.user_id, t.anonymous_id)
        end as user_id,
        t.key,
        t.value,
        t.seen_ts
    from user_traits as t
    left join persons as k on t.user_id = k.id
    left join persons as d on t.user_id is null and t.anonymous_id = d.id
)
select
    user_id,
    key,
    first(value order by seen_ts desc, value desc) as value
from owned
group by user_id, key

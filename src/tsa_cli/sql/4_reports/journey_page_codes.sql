-- answer: the place of every page's name in journey_page_names.sql, from 0
-- reads:  pages
with names as (
    select
        name,
        row_number() over (order by name) - 1 as place
    from (select distinct coalesce(page_path, page_url) as name from pages)
)
select
    p.page_key as state_key,
    cast(n.place as integer) as place
from pages as p
inner join names as n on coalesce(p.page_path, p.page_url) = n.name

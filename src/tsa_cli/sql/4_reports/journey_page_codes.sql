-- answer: the place of every page's name in journey_page_names.sql, from 0; -1 of a key that is a campaign and no page
-- reads:  pages
with names as (
    select
        name,
        row_number() over (order by name) - 1 as place
    from (select distinct coalesce(page_path, page_url) as name from pages where page_url is not null)
)
select
    p.page_key as state_key,
    cast(coalesce(n.place, -1) as integer) as place
from pages as p
left join names as n on coalesce(p.page_path, p.page_url) = n.name

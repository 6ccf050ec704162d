-- answer: the name of every page, cleaned: no query, fragment or trailing slash, ids are :id
-- reads:  pages
select
    page_key as state_key,
    coalesce(page_path, page_url) as name
from pages
order by state_key

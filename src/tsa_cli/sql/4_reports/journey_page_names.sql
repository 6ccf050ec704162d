-- answer: the names of pages, cleaned: no query, fragment or trailing slash, ids are :id; in the order of their text
-- reads:  pages
select distinct coalesce(page_path, page_url) as name
from pages
where page_url is not null
order by name

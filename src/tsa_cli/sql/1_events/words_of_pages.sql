-- answers: every word of pages with its key
-- reads:   pages
select
    page_key,
    page_url
from pages
order by page_key

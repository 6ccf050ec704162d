-- answers: every word of pages with its key
-- reads:   pages
select
    page_key,
    concat(page_url, told_campaign) as page_url
from pages
order by page_key

-- answers: every word of pages with its key
-- reads:   pages
select
    page_key,
    coalesce(coalesce(page_url, '') || told_campaign, page_url) as page_url
from pages
order by page_key

-- answers: the greatest key in use
-- reads:   pages
select coalesce(max(page_key), 0) as key from pages

-- answers: what was stored of addresses and URLs
-- reads:   events
select user_id, ip_address, page_url, referrer_url from events order by user_id

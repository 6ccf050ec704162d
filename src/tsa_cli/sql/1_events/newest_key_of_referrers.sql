-- answers: the greatest key in use
-- reads:   referrers
select coalesce(max(referrer_key), 0) as key from referrers

-- answers: every word of referrers with its key
-- reads:   referrers
select
    referrer_key,
    referrer_url
from referrers
order by referrer_key

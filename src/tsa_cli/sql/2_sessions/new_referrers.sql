-- reads:  events, referrers
-- params: $after_event_seq BIGINT  events up to this one are known
select distinct e.referrer_url
from events as e
anti join referrers as known on e.referrer_url = known.referrer_url
where e.event_seq > $after_event_seq and e.referrer_url is not null
order by e.referrer_url

-- reads:  events, pages
-- params: $after_event_seq BIGINT  events up to this one are known
select distinct e.page_url
from events as e
anti join pages as known on e.page_url = known.page_url
where e.event_seq > $after_event_seq and e.page_url is not null
order by e.page_url

-- reads:  audience_exports
select audience, as_of, member_count
from audience_exports
order by audience

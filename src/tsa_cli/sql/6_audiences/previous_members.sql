-- reads:  audience_members
select user_id, entered_as_of
from audience_members
where audience = $audience
order by user_id

-- answer: every exported audience, and whether a person was in it at its last export
-- reads:  audience_exports, audience_members
-- params: $user_id VARCHAR
select
    x.audience,
    m.user_id is not null as is_member,
    m.entered_as_of,                                -- UTC; null for who is not in it
    x.as_of                                         -- UTC, of the last export
from audience_exports as x
left join audience_members as m on x.audience = m.audience and m.user_id = $user_id
order by x.audience

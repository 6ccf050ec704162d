-- table:  audience_members and audience_exports, of one audience
-- reads:  new_members(user_id, entered_as_of)
delete from audience_members where audience = $audience;

insert into audience_members by name
select
    $audience as audience,
    user_id,
    entered_as_of,
    $as_of as as_of
from new_members;

delete from audience_exports where audience = $audience;

insert into audience_exports by name
select
    $audience as audience,
    $as_of as as_of,
    count(*) as member_count
from new_members;

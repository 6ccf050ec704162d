-- answer: the users that an id may stand for, the likeliest first
-- reads:  actors, users_index
-- params: $id VARCHAR
-- notes:  a user's own id counts before a known one, that before a device's; the same order as person_of.sql
select
    user_key,
    user_id,
    case
        when user_id = $id then 'user id'
        when known_id = $id then 'known id'
        else 'anonymous id'
    end as matched_as
from actors
where user_id = $id or known_id = $id or anonymous_id = $id
order by
    user_id = $id desc,
    known_id is not distinct from $id desc,
    known_id is not null,
    user_id

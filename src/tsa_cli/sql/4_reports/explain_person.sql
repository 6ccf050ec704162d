-- answer: the users that an id may stand for, the likeliest first
-- reads:  actors, identity_persons
-- params: $id VARCHAR
-- notes:  first whom the id stands for by its links, else itself, as in person_of.sql; an id without a person of its own
--         (a shared device that was never used without a login) may be any of those who used it
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
    user_id = coalesce((select user_id from identity_persons where id = $id), $id) desc,
    known_id is not distinct from $id desc,
    known_id is not null,
    user_id

-- answers: the pairs of ids of `logins_in_visits` that are not among the actors yet, with keys
-- reads:   logins_in_visits, actors
select
    cast((select coalesce(max(actor_key), 0) from actors) + row_number() over (order by anonymous_id, known_id)
        as integer) as actor_key,
    anonymous_id,
    known_id
from (
    select distinct
        anonymous_id,
        known_id
    from logins_in_visits
) as l
anti join actors as a on l.anonymous_id = a.anonymous_id and l.known_id = a.known_id
order by actor_key

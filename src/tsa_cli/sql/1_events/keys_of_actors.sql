-- answers: the keys of those pairs of ids that actors has
-- reads:   asked_words(place, anonymous_id, known_id)  lent by the step; actors
select
    p.place,
    a.actor_key as key
from actors as a
inner join asked_words as p
    on a.anonymous_id is not distinct from p.anonymous_id and a.known_id is not distinct from p.known_id

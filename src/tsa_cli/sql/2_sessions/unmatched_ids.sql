-- answer: the ids and globs that no pair of ids has
-- reads:  actors
-- params: $ids VARCHAR[]
select p.pattern
from (select unnest($ids) as pattern) as p
where not exists (
    select 1
    from actors as a
    where a.known_id glob p.pattern or a.anonymous_id glob p.pattern
)

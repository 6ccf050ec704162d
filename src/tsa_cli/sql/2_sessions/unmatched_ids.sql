-- answer: the ids and globs that no pair of ids has
-- reads:  actors
-- params: $ids VARCHAR[], $patterns VARCHAR[]  as they are written, as LIKE patterns
select p.written
from (select unnest($ids) as written, unnest($patterns) as pattern) as p
where not exists (
    select 1
    from actors as a
    where a.known_id like p.pattern escape '\' or a.anonymous_id like p.pattern escape '\'
)

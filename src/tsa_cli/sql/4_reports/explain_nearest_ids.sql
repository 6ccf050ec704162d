-- answer: the ids that look most like one that nobody has
-- reads:  actors
-- params: $id VARCHAR
--         $least DOUBLE   similarity, 0 to 1
with known as (
    select unnest([anonymous_id, known_id]) as id
    from actors
)
select id
from known
where jaro_winkler_similarity(id, $id) >= $least
group by id
order by jaro_winkler_similarity(id, $id) desc, id
limit 3

-- rows: pairs of ids that stand there twice, or devices under two keys
select
    anonymous_id,
    known_id,
    count(*) as actor_count
from actors
group by anonymous_id, known_id
having count(*) > 1
limit 10

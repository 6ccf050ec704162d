-- reads:  actors, identity_edges
-- params: $user_id VARCHAR
select distinct id
from (
    select unnest([anonymous_id, known_id]) as id
    from actors
    where user_id = $user_id
)
where id is not null
order by id

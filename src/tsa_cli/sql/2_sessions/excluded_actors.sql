-- table:  excluded_actors, the pairs of ids of which one is named
-- reads:  actors
-- params: $ids VARCHAR[]  LIKE patterns
delete from excluded_actors;

insert into excluded_actors
select actor_key
from actors
where len(
    list_filter(
        $ids, lambda pattern: known_id like pattern escape '\' or anonymous_id like pattern escape '\'
    )
) > 0

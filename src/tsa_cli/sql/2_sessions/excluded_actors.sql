-- table:  excluded_actors, the pairs of ids of which one is named
-- reads:  actors
-- params: $ids VARCHAR[]  ids and globs
delete from excluded_actors;

insert into excluded_actors
select actor_key
from actors
where len(list_filter($ids, lambda pattern: known_id glob pattern or anonymous_id glob pattern)) > 0

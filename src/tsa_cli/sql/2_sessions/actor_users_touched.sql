-- table:  actor_users (temporary), the user of each pair of ids that has an affected one
-- reads:  affected_actors, persons, affected_ids
create or replace temp table actor_users as
select
    a.actor_key,
    coalesce(k.user_id, a.known_id, d.user_id, a.anonymous_id) as user_id
from affected_actors as a
left join persons as k on a.known_id = k.id
left join persons as d on a.known_id is null and a.anonymous_id = d.id
where coalesce(a.known_id, a.anonymous_id) in (select id from affected_ids)

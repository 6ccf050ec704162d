-- answer: the agents and globs that no bot has
-- reads:  user_agents
-- params: $agents VARCHAR[], $patterns VARCHAR[]  as they are written, as LIKE patterns
select p.written
from (select unnest($agents) as written, unnest($patterns) as pattern) as p
where not exists (
    select 1
    from user_agents as u
    where u.is_bot and u.user_agent like p.pattern escape '\'
)

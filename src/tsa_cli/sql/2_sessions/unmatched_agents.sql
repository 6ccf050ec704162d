-- answer: the agents and globs that no bot has
-- reads:  user_agents
-- params: $agents VARCHAR[]
select p.pattern
from (select unnest($agents) as pattern) as p
where not exists (select 1 from user_agents as u where u.is_bot and u.user_agent glob p.pattern)

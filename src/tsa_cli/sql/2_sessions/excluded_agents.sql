-- table:  excluded_agents, the agents of bots
-- reads:  user_agents
-- params: $allowed_agents VARCHAR[]  LIKE patterns of agents that are none
delete from excluded_agents;

insert into excluded_agents
select agent_key
from user_agents
where is_bot and len(list_filter($allowed_agents, lambda pattern: user_agent like pattern escape '\')) = 0

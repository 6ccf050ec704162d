-- answers: every word of user_agents with its key
-- reads:   user_agents
select
    agent_key,
    user_agent
from user_agents
order by agent_key

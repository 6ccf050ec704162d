-- answers: the greatest key in use
-- reads:   user_agents
select coalesce(max(agent_key), 0) as key from user_agents

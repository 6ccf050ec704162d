-- table:  user_agents, with new ones
-- reads:  looked_up(agent_key, user_agent, browser, os, device_type, is_bot)  lent by the step
insert into user_agents
select
    agent_key,
    user_agent,
    browser,
    os,
    device_type,
    is_bot
from looked_up

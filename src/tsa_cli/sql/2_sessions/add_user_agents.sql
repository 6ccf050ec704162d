-- table:  user_agents, with new ones
-- reads:  looked_up(user_agent, browser, os, device_type, is_bot)  lent by the step
insert into user_agents
select
    (select coalesce(max(agent_key), 0) from user_agents) + row_number() over (order by user_agent) as agent_key,
    user_agent,
    browser,
    os,
    device_type,
    is_bot
from looked_up

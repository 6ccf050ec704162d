-- view:   analysed_events (temporary), the events of visitors: neither bots' nor the shop's own
-- reads:  events, excluded_agents, excluded_ips, excluded_actors
create or replace temp view analysed_events as
select e.*
from events as e
anti join excluded_agents as a on e.agent_key = a.agent_key
anti join excluded_ips as i on e.ip_key = i.ip_key
anti join excluded_actors as p on e.actor_key = p.actor_key

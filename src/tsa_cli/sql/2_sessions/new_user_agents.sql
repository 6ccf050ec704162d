-- reads:  events, user_agents
-- params: $after_event_seq BIGINT  events up to this one are known
select distinct e.user_agent
from events as e
anti join user_agents as known on e.user_agent = known.user_agent
where e.event_seq > $after_event_seq and e.user_agent is not null
order by e.user_agent

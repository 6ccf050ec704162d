-- answers: the visits of users in scope; no nulls
-- reads:   scoped_sessions, user_agents
-- notes:   of agents on one type of device one stands for all, so that the type is a number; 0 is unknown
select
    s.user_key,
    s.session_key,
    s.first_event_seq,
    epoch_us(s.start_ts) as start_us,
    epoch_us(s.end_ts) as end_us,
    cast(s.page_views as integer) as page_views,
    cast(s.interactive_count as integer) as interactive_count,
    coalesce(d.device_agent_key, 0) as device_agent_key
from scoped_sessions as s
left join (
    select
        agent_key,
        min(agent_key) over (partition by device_type) as device_agent_key
    from user_agents
    where device_type is not null
) as d on s.agent_key = d.agent_key

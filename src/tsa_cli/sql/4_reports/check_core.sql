-- answer: one row: where the events are after the last `tsa sessionize`
-- reads:  events, core, session_rows, user_agents, sessionize_state
with seen as (
    select
        e.event_seq <= coalesce((select max(last_event_seq) from sessionize_state), -1) as is_seen,
        coalesce(u.is_bot, false) as is_bot
    from events as e
    left join user_agents as u on e.agent_key = u.agent_key
)
select
    count(*) as event_count,
    count(*) filter (where is_seen and is_bot) as bot_count,
    count(*) filter (where not is_seen) as waiting_count,
    (select count(*) from core) as core_count,
    (select count(*) from core where session_key is not null) as visit_event_count,
    (select count(*) from core where is_server) as server_event_count,
    (select count(distinct session_key) from core) as visit_count,
    (select count(*) from session_rows) as session_count,
    (select coalesce(sum(events_count), 0)::bigint from session_rows) as session_event_count
from seen

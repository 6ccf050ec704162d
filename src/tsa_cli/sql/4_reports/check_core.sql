-- answer: one row: where the events are after the last `tsa sessionize`
-- reads:  events, core, session_rows, sessionize_state, excluded_agents, excluded_ips, excluded_actors
with seen as (
    select
        e.event_seq <= coalesce((select max(last_event_seq) from sessionize_state), -1) as is_seen,
        (
            e.agent_key in (select agent_key from excluded_agents)
            or e.ip_key in (select ip_key from excluded_ips)
            or e.actor_key in (select actor_key from excluded_actors)
        ) is true as is_excluded
    from events as e
)
select
    count(*) as event_count,
    count(*) filter (where is_seen and is_excluded) as excluded_count,
    count(*) filter (where not is_seen) as waiting_count,
    (select count(*) from core) as core_count,
    (select count(*) from core where session_key is not null) as visit_event_count,
    (select count(*) from core where is_server) as server_event_count,
    (select count(distinct session_key) from core) as visit_count,
    (select count(*) from session_rows) as session_count,
    (select coalesce(sum(events_count), 0)::bigint from session_rows) as session_event_count
from seen

-- table:  core, the events that analyses read, sorted by (device_key, event_ts, event_id)
-- reads:  ordered_events
-- params: $timeout_us         BIGINT   a longer idle time starts the next session; exactly this one does not
--         $after_session_key  INTEGER  sessions are numbered from the next one on
--         $after_core_seq     BIGINT   and rows likewise
-- notes:  streaming windows in the order of the rows; server-side events are in, but belong to no session
--         and neither open nor extend one; sessions end at long gaps only, the other cuts are made after
with visited as (
    select
        *,
        last_value(case when not is_server then device_key end ignore nulls) over until_now as visit_device_key,
        last_value(case when not is_server then event_ts end ignore nulls) over until_now as visit_ts
    from ordered_events
    window until_now as (rows between unbounded preceding and current row)
),
begun as (
    select
        *,
        case
            when is_server then 0
            when lag(visit_device_key) over () is distinct from device_key then 1
            when epoch_us(event_ts) - epoch_us(lag(visit_ts) over ()) > $timeout_us then 1
            else 0
        end as session_start
    from visited
)
select
    $after_core_seq + row_number() over () as core_seq,               -- rising in this order
    device_key,
    actor_key,
    event_ts,                                                         -- UTC
    event_code,                                                       -- -> event_types
    page_key,                                                         -- -> pages
    case
        when not is_server
            then cast(
                $after_session_key + sum(session_start) over (rows between unbounded preceding and current row) as integer
            )
    end as session_key,                                               -- -> sessions; null for server-side events
    event_seq,                                                        -- -> events
    is_server,
    referrer_key,                                                     -- -> referrers
    agent_key,                                                        -- -> user_agents
    ip_key,                                                           -- -> ips
    is_known                                                          -- carries a known user id itself
from begun

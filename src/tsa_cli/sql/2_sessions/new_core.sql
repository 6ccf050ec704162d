-- table:  new_core (temporary), the events of people that core does not have yet
-- reads:  encoded_events
-- params: $after_event_seq BIGINT  events up to this one are in core
create or replace temp table new_core as
select
    device_key,
    actor_key,
    event_ts,
    event_code,
    page_key,
    referrer_key,
    agent_key,
    ip_key,
    event_seq,
    is_server,
    is_known
from encoded_events
where event_seq > $after_event_seq

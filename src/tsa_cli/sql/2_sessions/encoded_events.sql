-- view:   encoded_events (temporary), events of people
-- reads:  analysed_events, event_flags, actors
-- slots:  @is_server
-- notes:  joins of integers only
create or replace temp view encoded_events as
select
    a.device_key,
    e.actor_key,
    e.event_ts,
    e.event_code,
    e.page_key,
    e.referrer_key,
    e.agent_key,
    e.ip_key,
    e.event_seq,
    @is_server as is_server,
    a.known_id is not null as is_known
from analysed_events as e
inner join event_flags as t on e.event_code = t.event_code
inner join actors as a on e.actor_key = a.actor_key

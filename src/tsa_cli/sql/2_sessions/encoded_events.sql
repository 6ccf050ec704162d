-- view:   encoded_events (temporary), events of people in integer keys
-- reads:  events, event_flags, actors, user_agents, pages, referrers, ips
-- notes:  bots are left out; the only place where the words of every event are looked at
create or replace temp view encoded_events as
select
    a.device_key,
    a.actor_key,
    e.event_ts,
    t.event_code,
    p.page_key,
    r.referrer_key,
    u.agent_key,
    i.ip_key,
    e.event_seq,
    t.is_server,
    e.user_id is not null as is_known,
    p.campaign_key is not null
        or (r.referrer_source is not null and r.site_key is distinct from p.site_key) as is_touch,
    e.event_uuid,
    e.event_text
from events as e
inner join event_flags as t on e.event_type = t.event_type
inner join actors as a
    on a.anonymous_id is not distinct from e.anonymous_id and a.known_id is not distinct from e.user_id
left join user_agents as u on e.user_agent = u.user_agent
left join pages as p on e.page_url = p.page_url
left join referrers as r on e.referrer_url = r.referrer_url
left join ips as i on e.ip_address = i.ip_address
where not coalesce(u.is_bot, false)

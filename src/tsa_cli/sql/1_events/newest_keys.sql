-- answers: the greatest key in use of each lookup, 0 without one
-- reads:   event_types, user_agents, ips, pages, referrers, actors
-- notes:   the last two event codes are those of calls about people
select
    coalesce((select max(event_code) from event_types where event_code < 65534), 0) as event_types,
    coalesce((select max(agent_key) from user_agents), 0) as user_agents,
    coalesce((select max(ip_key) from ips), 0) as ips,
    coalesce((select max(page_key) from pages), 0) as pages,
    coalesce((select max(referrer_key) from referrers), 0) as referrers,
    coalesce((select max(actor_key) from actors), 0) as actors

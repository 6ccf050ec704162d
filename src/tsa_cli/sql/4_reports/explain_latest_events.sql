-- answer: a person's latest events, newest first
-- reads:  core, actors, event_types, events, pages, sessions
-- params: $user_key INTEGER
--         $from_ts, $to_ts TIMESTAMP  both included
--         $most BIGINT
select
    c.event_ts as event_timestamp,                  -- UTC
    w.event_type,
    p.page_url,
    a.device_id,
    a.known_id,                                     -- null for an anonymous event
    s.session_id,                                   -- null for a server-side event
    e.event_id
from core as c
inner join actors as a on c.actor_key = a.actor_key
inner join event_types as w on c.event_code = w.event_code
inner join events as e on c.event_seq = e.event_seq
left join pages as p on c.page_key = p.page_key
left join sessions as s on c.session_key = s.session_key
where a.user_key = $user_key
    and c.device_key in (select device_key from actors where user_key = $user_key)
    and c.event_ts between $from_ts and $to_ts
order by c.event_ts desc, e.event_id desc
limit $most

-- answer: a person's events of each type, the commonest first
-- reads:  core, actors, event_types
-- params: $user_key INTEGER
--         $from_ts, $to_ts TIMESTAMP  both included
select
    w.event_type,
    count(*) as event_count,
    count(*) filter (where c.is_server) as server_count
from core as c
inner join actors as a on c.actor_key = a.actor_key
inner join event_types as w on c.event_code = w.event_code
where a.user_key = $user_key
    and c.device_key in (select device_key from actors where user_key = $user_key)
    and c.event_ts between $from_ts and $to_ts
group by w.event_type
order by event_count desc, w.event_type

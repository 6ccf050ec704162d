-- table:  core_by_type, the events that analyses read, sorted by (event_code, user_time): what funnels search
-- reads:  core, actors, user_time_scale
-- notes:  empty without a scale
select
    c.event_code,                                     -- -> event_types
    (cast(a.user_key as bigint) << s.time_bits) | ((epoch_us(c.event_ts) - s.epoch_us) // s.tick_us) as user_time,
    c.event_seq                                       -- -> events
from core as c
inner join actors as a on c.actor_key = a.actor_key
cross join user_time_scale as s
order by c.event_code, user_time

-- table:  core_by_type, with new events, and the events of actors whose user is another now renewed
-- reads:  core, actors, changed_actors, user_time_scale
-- params: $after_event_seq BIGINT  later events are new
-- notes:  renewed rows stand at the end, in their order; core_by_type.sql sorts all of them again
create or replace temp table typed_rows as
select
    c.event_code,
    (cast(a.user_key as bigint) << s.time_bits) | ((epoch_us(c.event_ts) - s.epoch_us) // s.tick_us) as user_time,
    c.event_seq
from core as c
inner join actors as a on c.actor_key = a.actor_key
cross join user_time_scale as s
where c.event_seq > $after_event_seq
    or c.actor_key in (select actor_key from changed_actors where old_user_key <> user_key);

delete from core_by_type
using typed_rows
where core_by_type.event_seq = typed_rows.event_seq and core_by_type.event_seq <= $after_event_seq;

insert into core_by_type by name
select *
from typed_rows
order by event_code, user_time;

drop table typed_rows

-- table:  core_by_type, with new events, and the events of actors whose user is another now renewed
-- reads:  core, actors, changed_actors, user_time_scale
-- params: $after_event_seq BIGINT  later events are new
-- notes:  renewed rows stand at the end, in their order; core_by_type.sql sorts all of them again. New events and moved
--         ones are two scans, as of either DuckDB can tell by a filter which vectors hold any
create or replace temp table typed_rows as
with moved as (
    select actor_key
    from changed_actors
    where old_user_key not in (0, user_key)
),
renewed as (
    select
        event_code,
        actor_key,
        event_ts,
        event_seq
    from core
    where event_seq > $after_event_seq
    union all
    select
        event_code,
        actor_key,
        event_ts,
        event_seq
    from core
    where actor_key in (select actor_key from moved) and event_seq <= $after_event_seq
)
select
    r.event_code,
    (cast(a.user_key as bigint) << s.time_bits) | ((epoch_us(r.event_ts) - s.epoch_us) // s.tick_us) as user_time,
    r.event_seq
from renewed as r
inner join actors as a on r.actor_key = a.actor_key
cross join user_time_scale as s;

delete from core_by_type
using typed_rows
where core_by_type.event_seq = typed_rows.event_seq and typed_rows.event_seq <= $after_event_seq;

insert into core_by_type by name
select *
from typed_rows
order by event_code, user_time;

drop table typed_rows

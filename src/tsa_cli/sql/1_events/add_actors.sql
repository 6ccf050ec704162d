-- table:  actors, with new pairs of ids; who they are is decided by `tsa sessionize`
-- reads:  looked_up(actor_key, anonymous_id, known_id)  lent by the step
insert into actors
with fresh as (
    select
        actor_key,
        anonymous_id,
        known_id,
        coalesce(anonymous_id, known_id) as device_id
    from looked_up
),
known_devices as (
    select
        device_id,
        min(device_key) as device_key
    from actors
    where device_id in (select device_id from fresh)
    group by device_id
),
new_devices as (
    select
        device_id,
        (select coalesce(max(device_key), 0) from actors) + row_number() over (order by device_id) as device_key
    from (select distinct device_id from fresh where device_id not in (select device_id from known_devices))
)
select
    f.actor_key,
    coalesce(k.device_key, n.device_key) as device_key,
    0 as user_key,
    f.anonymous_id,
    f.known_id,
    f.device_id,
    coalesce(f.known_id, f.anonymous_id) as user_id,
    0 as event_count,
    null as first_ts,
    null as last_ts
from fresh as f
left join known_devices as k on f.device_id = k.device_id
left join new_devices as n on f.device_id = n.device_id

-- table:  actors, with the pairs of ids of new events; who they are is decided by identity
-- reads:  events
-- params: $after_event_seq BIGINT  events up to this one are known
insert into actors
with pairs as (
    select distinct
        anonymous_id,
        user_id as known_id
    from events
    where event_seq > $after_event_seq
),
fresh as (
    select
        p.anonymous_id,
        p.known_id,
        coalesce(p.anonymous_id, p.known_id) as device_id
    from pairs as p
    anti join actors as a
        on a.anonymous_id is not distinct from p.anonymous_id and a.known_id is not distinct from p.known_id
),
known_devices as (
    select device_id, min(device_key) as device_key
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
    (select coalesce(max(actor_key), 0) from actors)
        + row_number() over (order by f.device_id, f.anonymous_id, f.known_id) as actor_key,
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

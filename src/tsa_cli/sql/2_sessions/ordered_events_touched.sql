-- view:   ordered_events (temporary), the events of touched devices that are renewed, sorted
-- reads:  core, new_core, touched_devices, events
-- notes:  old events are in order already; ids are compared only at moments that a new event shares with another
create or replace temp view ordered_events as
with mixed as (
    select
        c.core_seq,
        c.device_key,
        c.actor_key,
        c.event_ts,
        c.event_code,
        c.page_key,
        c.referrer_key,
        c.agent_key,
        c.ip_key,
        c.event_seq,
        c.is_server,
        c.is_known
    from core as c
    inner join touched_devices as d on c.device_key = d.device_key and c.event_ts >= d.from_ts and d.has_later
    union all
    select
        null as core_seq,
        *
    from new_core
),
contested as (
    select
        device_key,
        event_ts
    from mixed
    group by device_key, event_ts
    having count(*) > 1 and count(*) > count(core_seq)
),
tied as (
    select
        m.event_seq,
        row_number() over (
            partition by m.device_key, m.event_ts order by coalesce(e.event_text, cast(e.event_uuid as varchar))
        ) as tie
    from mixed as m
    semi join contested as c on m.device_key = c.device_key and m.event_ts = c.event_ts
    inner join events as e on m.event_seq = e.event_seq
)
select m.* exclude (core_seq)
from mixed as m
left join tied as t on m.event_seq = t.event_seq
order by
    m.device_key,
    m.event_ts,
    coalesce(t.tie, m.core_seq)

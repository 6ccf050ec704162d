-- table:  touched_devices (temporary), the devices of new events, and the moment from which their rows are renewed
-- reads:  new_core, actors (of the run before), session_rows
-- params: $timeout_us BIGINT  idle time that ends a session
-- notes:  that moment lies at a long gap, so that nothing before it depends on anything after it. Most new events come
--         long after the last known one of their device: its sessions are not looked at then
create or replace temp table touched_devices as
with firsts as (
    select
        device_key,
        min(event_ts) as first_ts
    from new_core
    group by device_key
),
lasts as (
    select
        device_key,
        max(last_ts) as last_ts
    from actors
    where device_key in (select device_key from firsts)
    group by device_key
),
near as (
    select
        f.device_key,
        f.first_ts
    from firsts as f
    inner join lasts as l
        on f.device_key = l.device_key and epoch_us(l.last_ts) >= epoch_us(f.first_ts) - $timeout_us
),
visits as materialized (
    select
        device_key,
        start_ts,
        end_ts,
        start_reason
    from session_rows
    where device_key in (select device_key from near)
),
joined as (
    select
        n.device_key,
        n.first_ts,
        min(s.start_ts) as session_ts
    from near as n
    left join visits as s
        on n.device_key = s.device_key and epoch_us(s.end_ts) >= epoch_us(n.first_ts) - $timeout_us
    group by n.device_key, n.first_ts
),
begun as (
    select
        j.device_key,
        min(s.start_ts) as earliest_ts,
        max(
            case when s.start_ts <= j.session_ts and s.start_reason in ('first', 'timeout') then s.start_ts end
        ) as visit_ts
    from joined as j
    left join visits as s on j.device_key = s.device_key
    group by j.device_key
),
visited as (
    select distinct device_key
    from session_rows
    where device_key in (select device_key from firsts)
),
placed as (
    select
        f.device_key,
        least(f.first_ts, coalesce(b.visit_ts, f.first_ts)) as from_ts,
        b.device_key is not null as is_near,
        b.earliest_ts
    from firsts as f
    left join begun as b on f.device_key = b.device_key
)
select
    p.device_key,
    p.from_ts,
    case
        when p.is_near then coalesce(p.earliest_ts < p.from_ts, false)
        else v.device_key is not null
    end as has_earlier,                                 -- sessions that end before
    coalesce(l.last_ts >= p.from_ts, false) as has_later -- rows of core from then on
from placed as p
inner join lasts as l on p.device_key = l.device_key
left join visited as v on p.device_key = v.device_key

-- table:  touched_devices (temporary), the devices of new events, and the moment from which their rows are renewed
-- reads:  new_core, session_rows
-- params: $timeout_us BIGINT  idle time that ends a session
-- notes:  that moment lies at a long gap, so that nothing before it depends on anything after it
create or replace temp table touched_devices as
with firsts as (
    select
        device_key,
        min(event_ts) as first_ts
    from new_core
    group by device_key
),
visits as materialized (
    select
        device_key,
        start_ts,
        end_ts,
        start_reason
    from session_rows
    where device_key in (select device_key from firsts)
),
joined as (
    select
        f.device_key,
        f.first_ts,
        min(s.start_ts) as session_ts
    from firsts as f
    left join visits as s
        on f.device_key = s.device_key and epoch_us(s.end_ts) >= epoch_us(f.first_ts) - $timeout_us
    group by f.device_key, f.first_ts
),
begun as (
    select
        j.device_key,
        j.first_ts,
        min(s.start_ts) as earliest_ts,
        max(
            case when s.start_ts <= j.session_ts and s.start_reason in ('first', 'timeout') then s.start_ts end
        ) as visit_ts
    from joined as j
    left join visits as s on j.device_key = s.device_key
    group by j.device_key, j.first_ts
)
select
    device_key,
    least(first_ts, coalesce(visit_ts, first_ts)) as from_ts,
    coalesce(earliest_ts < least(first_ts, coalesce(visit_ts, first_ts)), false) as has_earlier
from begun

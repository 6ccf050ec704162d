-- answers: the visits begun before a moment, as far as they had come by then; no nulls
-- reads:   session_rows, core, event_flags, feature_actors, user_agents
-- params:  $before_ts TIMESTAMP, $timezone VARCHAR, $window_us BIGINT, $window_count INTEGER
-- notes:   a visit that goes on after the moment is counted anew from its events before it. The calendar is asked
--          once per hour, not per visit (1.4 of 2 s at 1.4 M visits); in an hour whose offset changes, per visit
with visits as (
    select
        session_key,
        first_event_seq,
        device_key,
        actor_key,
        agent_key,
        start_ts,
        end_ts,
        page_views,
        interactive_count,
        conversion_count
    from session_rows
    where end_ts < $before_ts
    union all
    select
        c.session_key,
        any_value(s.first_event_seq) as first_event_seq,
        any_value(c.device_key) as device_key,
        arg_max(c.actor_key, c.core_seq + case when c.is_known then 1099511627776 else 0 end) as actor_key,
        arg_min(c.agent_key, c.core_seq) as agent_key,
        min(c.event_ts) as start_ts,
        max(c.event_ts) as end_ts,
        count_if(t.is_page_view) as page_views,
        count_if(t.is_interactive) as interactive_count,
        count_if(t.is_conversion) as conversion_count
    from core as c
    inner join session_rows as s on c.session_key = s.session_key
    inner join event_flags as t on c.event_code = t.event_code
    where s.start_ts < $before_ts and s.end_ts >= $before_ts and c.event_ts < $before_ts
    group by c.session_key
),
hours as (
    select
        hour_ts,
        epoch_us(timezone($timezone, timezone('UTC', hour_ts))) - epoch_us(hour_ts) as offset_us,
        epoch_us(timezone($timezone, timezone('UTC', hour_ts + interval '3599.999999 seconds')))
            - epoch_us(hour_ts + interval '3599.999999 seconds') as last_offset_us
    from (select distinct date_trunc('hour', start_ts) as hour_ts from session_rows where start_ts < $before_ts)
),
placed as (
    select
        v.*,
        case
            when h.offset_us = h.last_offset_us then make_timestamp(epoch_us(v.start_ts) + h.offset_us)
            else timezone($timezone, timezone('UTC', v.start_ts))
        end as local_ts
    from visits as v
    inner join hours as h on date_trunc('hour', v.start_ts) = h.hour_ts
)
select
    a.user_key,
    v.session_key,
    v.first_event_seq,
    v.device_key,
    epoch_us(v.start_ts) as start_us,
    epoch_us(v.end_ts) as end_us,
    cast(v.page_views as integer) as page_views,
    cast(v.interactive_count as integer) as interactive_count,
    v.conversion_count > 0 as is_conversion,
    u.device_type is not distinct from 'mobile' as is_mobile,
    cast(hour(v.local_ts) as tinyint) as local_hour,
    cast(isodow(v.local_ts) as tinyint) as local_weekday,
    cast(case
        when (epoch_us($before_ts) - 1 - epoch_us(v.start_ts)) // $window_us < $window_count
            then $window_count - 1 - (epoch_us($before_ts) - 1 - epoch_us(v.start_ts)) // $window_us
        else -1
    end as tinyint) as window_index                              -- 0 is the oldest window; -1 is before it
from placed as v
inner join feature_actors as a on v.actor_key = a.actor_key
left join user_agents as u on v.agent_key = u.agent_key

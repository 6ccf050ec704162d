-- table:  sessions_so_far (temporary), the view `sessions` with visits as far as they had come
-- reads:  sessions, visits_so_far
create or replace temp view sessions_so_far as
select
    s.* replace (
        coalesce(v.end_ts, s.end_ts) as end_ts,
        coalesce(v.end_ts, s.end_time) as end_time,
        coalesce(v.duration_seconds, s.duration_seconds) as duration_seconds,
        coalesce(v.events_count, s.events_count) as events_count,
        coalesce(v.page_views, s.page_views) as page_views,
        case when v.session_key is null then s.exit_page else v.exit_page end as exit_page,
        coalesce(v.bounce_flag, s.bounce_flag) as bounce_flag,
        coalesce(v.is_engaged, s.is_engaged) as is_engaged,
        coalesce(v.is_conversion, s.is_conversion) as is_conversion,
        coalesce(v.interactive_count, s.interactive_count) as interactive_count,
        coalesce(v.conversion_count, s.conversion_count) as conversion_count
    )
from sessions as s
left join visits_so_far as v on s.session_key = v.session_key

-- table:  visits_so_far (temporary), the visits that went on after a moment, counted from their events up to it
-- reads:  core, sessions, event_types, pages
-- params: $as_of TIMESTAMP
--         $page_view_events, $interactive_events, $conversion_events VARCHAR[]  LIKE patterns of names
--         $bounce VARCHAR  prd | ga4;  $engaged_after_us BIGINT  a longer visit is engaged
-- notes:  as session_spans and session_rows have it of whole visits
create or replace temp table visits_so_far as
with counted as (
    select
        c.session_key,
        max(c.event_ts) as end_ts,
        epoch_us(max(c.event_ts)) - epoch_us(min(c.event_ts)) as duration_us,
        count(*) as events_count,
        count_if(len(list_filter(
            $page_view_events, lambda pattern: w.event_type like pattern escape '\'
        )) > 0) as page_views,
        count_if(len(list_filter(
            $interactive_events, lambda pattern: w.event_type like pattern escape '\'
        )) > 0) as interactive_count,
        count_if(len(list_filter(
            $conversion_events, lambda pattern: w.event_type like pattern escape '\'
        )) > 0) as conversion_count,
        arg_max(p.page_url, c.core_seq) as exit_page
    from core as c
    inner join sessions as s on c.session_key = s.session_key
    inner join event_types as w on c.event_code = w.event_code
    left join pages as p on c.page_key = p.page_key
    where s.start_time <= $as_of and s.end_time > $as_of and c.event_ts <= $as_of
    group by c.session_key
),
judged as (
    select
        *,
        duration_us > $engaged_after_us or conversion_count >= 1 or page_views >= 2 as is_engaged
    from counted
)
select
    session_key,
    end_ts,
    cast(duration_us // 1000000 as integer) as duration_seconds,
    cast(events_count as integer) as events_count,
    cast(page_views as integer) as page_views,
    exit_page,
    case when $bounce = 'ga4' then not is_engaged else page_views <= 1 and interactive_count = 0 end as bounce_flag,
    is_engaged,
    conversion_count > 0 as is_conversion,
    cast(interactive_count as integer) as interactive_count,
    cast(conversion_count as integer) as conversion_count
from judged

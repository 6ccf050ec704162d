-- what the store holds after `tsa sessionize`
-- section: answer
select
    count(*) as sessions,
    cast(sum(s.events_count) as bigint) as events,
    cast(sum(s.duration_us) // 1000 as bigint) as duration_ms,
    cast(sum(s.page_views) as bigint) as page_views,
    cast(sum(length(entry.page_url)) as bigint) as entry_length,
    cast(sum(length(exit.page_url)) as bigint) as exit_length
from session_rows as s
left join pages as entry on s.entry_page_key = entry.page_key
left join pages as exit on s.exit_page_key = exit.page_key

-- reads:  core_scope, cut_sessions, pages
-- params: $split_at_midnight BOOLEAN, $split_on_campaign BOOLEAN, $timezone VARCHAR
select
    c.core_seq,
    cast(c.session_key as bigint) as session_key,
    epoch_us(c.event_ts) as event_us,
    case
        when $split_at_midnight
            then cast(date_diff(
                'day', date '1970-01-01', cast(timezone($timezone, timezone('UTC', c.event_ts)) as date)
            ) as bigint)
        else 0
    end as local_day,
    case when $split_on_campaign then cast(coalesce(p.campaign_key, 0) as bigint) else 0 end as campaign_key
from core_scope as c
left join pages as p on c.page_key = p.page_key
where c.session_key in (select session_key from cut_sessions)
order by c.core_seq

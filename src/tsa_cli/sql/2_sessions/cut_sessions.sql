-- table:  cut_sessions (temporary), sessions of session_spans that a further rule may cut
-- reads:  session_spans, core_scope, pages
-- params: $max_duration_us BIGINT, $split_at_midnight BOOLEAN, $split_on_campaign BOOLEAN, $timezone VARCHAR
create or replace temp table cut_sessions as
select s.session_key
from session_spans as s
where
    epoch_us(s.end_ts) - epoch_us(s.start_ts) > $max_duration_us
    or (
        $split_at_midnight
        and cast(timezone($timezone, timezone('UTC', s.start_ts)) as date)
            <> cast(timezone($timezone, timezone('UTC', s.end_ts)) as date)
    )
    or (
        $split_on_campaign
        and s.session_key in (
            select c.session_key
            from core_scope as c
            inner join pages as p on c.page_key = p.page_key
            where p.campaign_key is not null
        )
    )

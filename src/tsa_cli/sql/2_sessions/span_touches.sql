-- table:  span_touches (temporary), what each session of session_spans came from
-- reads:  session_spans, pages, referrers
-- notes:  a campaign wins over the referrer of the same event; 0 is none
create or replace temp table span_touches as
select
    s.session_key,
    coalesce(p.campaign_key, 0) as campaign_key,
    case
        when p.campaign_key is not null or not s.has_touch then 0
        else cast(s.touch & 4294967295 as integer)
    end as referrer_key,
    nullif(cast(s.touch & 4294967295 as integer), 0) as shown_referrer_key
from session_spans as s
left join pages as p on cast(s.touch >> 32 as integer) = p.page_key

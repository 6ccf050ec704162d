-- table:  new_links (temporary), the calls that link two ids and came after a place
-- reads:  raw_events
-- params: $after_event_seq BIGINT  calls up to this one are known
create or replace temp table new_links as
select
    anonymous_id,
    user_id,
    substr(event_type, 2) as source,
    event_ts as seen_ts
from raw_events
where rowid > $after_event_seq
    and event_type in ('$identify', '$alias')
    and anonymous_id is not null
    and user_id is not null

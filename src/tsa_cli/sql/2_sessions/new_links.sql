-- table:  new_links (temporary), the calls that link two ids and came after a place
-- reads:  identity_links
-- params: $after_event_seq BIGINT  calls up to this one are known
create or replace temp table new_links as
select
    anonymous_id,
    user_id,
    kind as source,
    seen_ts
from identity_links
where event_seq > $after_event_seq
    and anonymous_id is not null
    and user_id is not null

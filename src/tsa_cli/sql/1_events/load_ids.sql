-- table:  load_ids (temporary), the ids that the store may know of the file that is being loaded
-- reads:  streamed_ids  lent by the step
create or replace temp table load_ids as
select
    event_uuid,
    event_text,
    is_event = 1 as is_event
from streamed_ids

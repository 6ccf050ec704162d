-- table:  load_ids (temporary), the id of every event of the file that is being loaded
-- reads:  streamed_ids  lent by the step
create or replace temp table load_ids as
select
    event_uuid,
    event_text
from streamed_ids

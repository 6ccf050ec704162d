-- table:  load_ids (temporary), the id of every event of the file that is being loaded
-- reads:  @normalised
create or replace temp table load_ids as
select event_uuid, event_text
from (@normalised)
where is_event

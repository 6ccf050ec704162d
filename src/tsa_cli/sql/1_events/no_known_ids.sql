-- table: known_ids (temporary), empty: nothing was stored before
create or replace temp table known_ids (event_uuid uuid, event_text varchar)

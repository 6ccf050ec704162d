-- predicate: rows of the file that are events and whose id is new
-- reads:     known_ids
is_event
and coalesce(event_uuid not in (select event_uuid from known_ids where event_uuid is not null), true)
and coalesce(event_text not in (select event_text from known_ids where event_text is not null), true)

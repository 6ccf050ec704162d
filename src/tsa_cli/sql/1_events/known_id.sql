-- predicate: rows whose id is known
-- reads:     known_ids(event_uuid, event_text)  lent to the reader
coalesce(event_uuid in (select cast(event_uuid as uuid) from known_ids where event_uuid is not null), false)
or coalesce(event_text in (select event_text from known_ids where event_text is not null), false)

-- reads:  events
-- notes:  count of a column is answered from its null mask: no id is read
select count(event_text) > 0 and count(event_text) < count(*) as has_mixed_ids from events

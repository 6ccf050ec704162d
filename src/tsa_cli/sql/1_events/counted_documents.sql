-- relation: distinct documents of events, and how many events have them
-- reads:    counted_documents  lent by the step
select load_id, event_type, properties, event_count from counted_documents

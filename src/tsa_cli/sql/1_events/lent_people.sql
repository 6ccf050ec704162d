-- relation: what streamed lines say of people
-- reads:    streamed_people  lent by the step
select anonymous_id, user_id, event_ts, traits, consent, load_id from streamed_people

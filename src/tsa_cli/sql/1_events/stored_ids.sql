-- answers: the id of every stored event
-- reads:   events
select event_id from events order by event_id

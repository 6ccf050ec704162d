-- answers: of visits that begin at one moment as the first ones of their user, the ids of their first events
-- reads:   first_visits (user_key, first_event_seq), of the statement that asks; events
-- notes:   the one with the smaller id counts: session ids depend on what had come when they were made
select
    f.first_event_seq,
    e.event_id
from first_visits as f
inner join events as e on f.first_event_seq = e.event_seq
where f.user_key in (select user_key from first_visits group by user_key having count(*) > 1)

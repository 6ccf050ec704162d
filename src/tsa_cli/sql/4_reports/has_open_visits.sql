-- answer: whether a visit that had begun at $as_of went on after it
-- reads:  sessions
-- params: $as_of TIMESTAMP
select exists (select 1 from sessions where start_time <= $as_of and end_time > $as_of)

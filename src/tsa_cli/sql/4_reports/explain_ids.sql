-- answer: the pairs of ids that stand for a person, the earliest first
-- reads:  actors
-- params: $user_key INTEGER
select
    anonymous_id,
    known_id,
    first_ts as first_seen,                         -- UTC; null where no event is analysed
    last_ts as last_seen,
    event_count                                     -- events in analyses
from actors
where user_key = $user_key
order by first_ts nulls last, anonymous_id, known_id

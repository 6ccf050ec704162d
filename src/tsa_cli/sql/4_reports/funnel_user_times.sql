-- answer: the events of one type and a range of users, as user and moment in one integer, nearly sorted
-- reads:  core_by_type
-- params: $code USMALLINT              event type
--         $from_key, $to_key BIGINT    both included
-- slots:  @places
-- notes:  stored in this order but for what later runs have appended; the caller sorts what is not
select user_time
    @places
from core_by_type
where event_code = $code and user_time between $from_key and $to_key

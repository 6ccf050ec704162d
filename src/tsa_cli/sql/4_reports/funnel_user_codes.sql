-- answer: the events of some types and a range of users, as user and moment in one integer
-- reads:  core_by_type
-- params: $codes USMALLINT[]           event types
--         $from_key, $to_key BIGINT    both included
-- slots:  @places
select
    user_time,
    event_code
    @places
from core_by_type
where user_time between $from_key and $to_key and list_contains(cast($codes as usmallint[]), event_code)

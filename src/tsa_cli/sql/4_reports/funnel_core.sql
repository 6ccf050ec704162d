-- answer: the events of some types, one row per event, in the order of core
-- reads:  core
-- params: $from_ts, $to_ts TIMESTAMP  both included
--         $from_seq, $to_seq BIGINT   of core_seq, both included
--         $codes USMALLINT[]          event types
-- slots:  @unit, @places
-- notes:  no join and no sort: both are cheaper on the fetched integers; `in (select unnest($codes))` is a join, too
select
    @unit as unit_key,
    epoch_us(c.event_ts) as time_us,                -- UTC
    c.event_code
    @places
from core as c
where c.event_ts between $from_ts and $to_ts
    and c.core_seq between $from_seq and $to_seq
    and list_contains(cast($codes as usmallint[]), c.event_code)
    and @unit is not null

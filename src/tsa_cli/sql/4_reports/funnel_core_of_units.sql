-- answer: the events of some types and units, one row per event, in the order of core
-- reads:  core, lent_units(unit_key)
-- params: $from_ts, $to_ts TIMESTAMP  both included
--         $codes USMALLINT[]          event types
-- slots:  @unit, @places
-- notes:  a semi join on two threads loses the order, hence the sort
select
    @unit as unit_key,
    epoch_us(c.event_ts) as time_us,                -- UTC
    c.event_code
    @places
from core as c
where c.event_ts between $from_ts and $to_ts
    and @unit in (select unit_key from lent_units)
    and list_contains(cast($codes as usmallint[]), c.event_code)
order by c.core_seq

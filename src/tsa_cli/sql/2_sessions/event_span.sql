-- table:  event_span (temporary), the first moment of all events, and the microseconds that they span
-- reads:  events
create or replace temp table event_span as
select
    coalesce(epoch_us(min(event_ts)), 0) as first_us,
    coalesce(epoch_us(max(event_ts)) - epoch_us(min(event_ts)), 0) + 1 as span_us
from events

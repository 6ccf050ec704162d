-- table:  new_core (temporary), the events of people that core does not have yet
-- reads:  encoded_events
-- params: $after_event_seq BIGINT  events up to this one are in core
create or replace temp table new_core as
select *
from encoded_events
where event_seq > $after_event_seq

-- table:  service_events, with those of new events
-- reads:  service_batch
insert into service_events by name
select *
from service_batch;

drop table service_batch

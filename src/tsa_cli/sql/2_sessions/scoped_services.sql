-- view:  scoped_services (temporary), what the shop events of users in scope say
-- reads: service_events, scoped_actors
create or replace temp view scoped_services as
select
    a.user_key,
    s.event_seq,
    s.event_ts,
    s.is_booking,
    s.service_weight,
    s.booking_value,
    s.booking_id,
    s.service
from service_events as s
inner join scoped_actors as a on s.actor_key = a.actor_key

-- answer: how many bookings with a value are in each currency, the most common first
-- reads:  service_events
select
    currency,
    count(*) as booking_count
from service_events
where is_booking and booking_value is not null and currency is not null
group by currency
order by booking_count desc, currency

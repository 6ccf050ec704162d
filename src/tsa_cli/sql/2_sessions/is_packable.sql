-- reads:  event_span, actors
-- notes:  a device and a time fit into 63 bits
select (coalesce((select max(device_key) from actors), 0) + 1)::hugeint * span_us < 9223372036854775807 as is_packable
from event_span

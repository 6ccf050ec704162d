-- reads:  event_flags
select
    event_code,
    is_page_view,
    is_interactive,
    is_conversion
from event_flags

-- answers: what each event name that counts for a feature counts for
-- reads:   feature_flags
select
    event_code,
    is_price_check as price_checks,
    is_service_view as service_views,
    is_booking_attempt as booking_attempts,
    is_comparison as comparisons,
    is_support as support,
    is_negative as negative
from feature_flags

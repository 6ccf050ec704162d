-- rows: users that stand there twice, and shares outside 0 to 1
select
    user_id,
    count(*) as row_count
from user_behavior_features
group by user_id
having
    count(*) > 1
    or min(engagement_score) < 0
    or max(engagement_score) > 1
    or min(price_sensitivity_score) < 0
    or max(price_sensitivity_score) > 1
    or max(coalesce(booking_conversion_rate, 0)) > 1
limit 10

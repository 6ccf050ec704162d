-- rows: users that stand there twice, and shares outside 0 to 1
-- notes: two looks: with the shares as aggregates the first one takes three times as long
select
    user_id,
    count(*) as row_count
from user_behavior_features
group by user_id
having count(*) > 1
union all
select
    user_id,
    1 as row_count
from user_behavior_features
where
    engagement_score < 0
    or engagement_score > 1
    or price_sensitivity_score < 0
    or price_sensitivity_score > 1
    or coalesce(booking_conversion_rate, 0) > 1
limit 10

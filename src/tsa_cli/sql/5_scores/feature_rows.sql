-- reads:  feature_snapshot, lent: user_behavior_features as of a moment, with the acquisition_channel of then
-- params: $largest_hash UBIGINT  users whose hash is above it are left out (a fixed sample)
select
    * exclude (acquisition_channel),
    coalesce(acquisition_channel ilike '%organic%', false) as is_organic,
    coalesce(acquisition_channel ilike 'paid%' or acquisition_channel = 'Display', false) as is_paid,
    coalesce(acquisition_channel ilike '%social%', false) as is_social
from feature_snapshot
where md5_number_lower(user_id) <= $largest_hash
order by user_id

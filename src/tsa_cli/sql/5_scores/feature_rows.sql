-- reads:  feature_snapshot, lent: user_behavior_features as of a moment; dim_users
-- params: $largest_hash UBIGINT  users whose hash is above it are left out (a fixed sample)
-- notes:  a channel is that of the first visit, which every user of the features has behind them
select
    f.*,
    coalesce(d.acquisition_channel ilike '%organic%', false) as is_organic,
    coalesce(d.acquisition_channel ilike 'paid%' or d.acquisition_channel = 'Display', false) as is_paid,
    coalesce(d.acquisition_channel ilike '%social%', false) as is_social
from feature_snapshot as f
left join dim_users as d on f.user_id = d.user_id
where md5_number_lower(f.user_id) <= $largest_hash
order by f.user_id

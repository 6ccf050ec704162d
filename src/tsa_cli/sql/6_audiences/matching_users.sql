-- reads:  user_behavior_features; dim_users and user_scores where the matcher asks
-- slots:  @joins, @columns, @condition of a matcher over user columns
with read as (
    select
        f.user_id
        @columns
    from user_behavior_features as f
    @joins
)

select user_id
from read
where @condition
order by user_id

-- answer: what dim_users says of a person
-- reads:  dim_users
-- params: $user_key INTEGER
select
    customer_segment,
    created_at,                                     -- UTC, first event
    updated_at,                                     -- UTC, last event
    cast(traits as varchar) as traits               -- JSON object, protected as stored
from dim_users
where user_key = $user_key

-- answer: the features of a person, whatever columns there are
-- reads:  user_behavior_features
-- params: $user_id VARCHAR
select * exclude (user_id, last_updated)
from user_behavior_features
where user_id = $user_id

-- reads:  user_behavior_features
select max(as_of) as as_of from user_behavior_features

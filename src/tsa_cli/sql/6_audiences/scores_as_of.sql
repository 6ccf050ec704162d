-- reads:  user_scores
select min(as_of) as as_of from user_scores

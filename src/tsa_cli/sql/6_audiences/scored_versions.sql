-- answer: which version of each model the scores are of
-- reads:  user_scores
select distinct model, model_version
from user_scores
order by model, model_version

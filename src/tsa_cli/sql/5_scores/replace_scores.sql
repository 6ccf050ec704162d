-- table:  user_scores, of one model
-- reads:  new_scores
delete from user_scores where model = $model;

insert into user_scores by name
select
    user_id,
    $model as model,
    $model_version as model_version,
    $as_of as as_of,
    score,
    probability,
    band,
    factors::json as factors
from new_scores;

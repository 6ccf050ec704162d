-- answer: what each model says of a person
-- reads:  user_scores
-- params: $user_id VARCHAR
select
    model,
    model_version,
    as_of,                                          -- UTC
    score,
    probability,
    band,
    cast(factors as varchar) as factors             -- JSON
from user_scores
where user_id = $user_id
order by model

-- notes:  one model's rows are replaced at each `tsa score`; other models' rows stay
create table if not exists user_scores ( -- the latest score of each user by each model
    user_id varchar not null,                       -- the stitched user
    model varchar not null,                         -- name in configs/models/
    model_version varchar not null,                 -- of the trained model, see `tsa models list`
    as_of timestamp not null,                       -- UTC: as of when, as in user_behavior_features
    score double not null,                          -- lead_score: 0 to 100
    probability double not null,                    -- 0 to 1, calibrated
    band varchar not null,                          -- name of the probability's band
    factors json not null                           -- {feature: signed log-odds}, largest first
);

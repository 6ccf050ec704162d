-- table:  identity_persons, the user that each linked id stands for, as the last run found
-- reads:  persons
select
    id,                                 -- an anonymous or a known id
    user_id                             -- the stitched user
from persons

-- answers: how many events there are to move, and whether any of them was there before these loads
-- reads:   logins_in_visits
-- params:  $load_id INTEGER  the first of them
select
    count(*) as moved,
    coalesce(bool_or(load_id < $load_id), false) as has_older
from logins_in_visits

-- answer: how user and moment share the integers of core_by_type, the middle and the last user; no row where they do not
-- reads:  user_time_scale, users_index
select
    epoch_us,
    tick_us,
    time_bits,
    middle_user,
    (select max(user_key) from users_index) as last_user
from user_time_scale

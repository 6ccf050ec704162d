-- reads:  core, users_index
select
    min(event_ts) as oldest_ts,
    (select count(*) from users_index) as user_count
from core

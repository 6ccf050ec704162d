-- check: core_by_type has every event of core, or none where there is no scale
-- reads: core_by_type, core, user_time_scale
with counted as (
    select
        (select count(*) from core_by_type) as found,
        (select count(*) from core) as expected,
        (select count(*) from user_time_scale) as scales
)
select
    found,
    expected
from counted
where found <> expected * scales

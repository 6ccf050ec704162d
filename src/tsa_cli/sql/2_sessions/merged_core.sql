-- table:  core
-- reads:  core
-- notes:  it is sorted again after many runs have appended to it
select
    row_number() over () - 1 as core_seq,
    * exclude (core_seq)
from (
    select *
    from core
    order by device_key, core_seq
)

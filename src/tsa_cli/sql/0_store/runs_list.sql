-- reads:  runs
-- params: $count INTEGER  how many, newest first
select
    run_id,
    command,
    started_at,
    date_diff('millisecond', started_at, ended_at) / 1000 as duration_seconds,
    status,
    exit_code,
    definition,
    counts
from runs
order by started_at desc, run_id desc
limit $count

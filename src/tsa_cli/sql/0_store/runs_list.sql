-- reads:  runs
-- params: $count INTEGER  how many, newest first
-- notes:  no store is read while one writes it, so that what still runs by its row was killed
select
    run_id,
    command,
    started_at,
    date_diff('millisecond', started_at, ended_at) / 1000 as duration_seconds,
    case status when 'running' then 'killed' else status end as status,
    exit_code,
    definition,
    counts
from runs
order by started_at desc, run_id desc
limit $count

-- reads:  runs
-- params: $run_id VARCHAR  a run; its steps have ids that begin with it and a point
-- notes:  no store is read while one writes it, so that what still runs by its row was killed
select
    run_id,
    command,
    started_at,
    ended_at,
    date_diff('millisecond', started_at, ended_at) / 1000 as duration_seconds,
    case status when 'running' then 'killed' else status end as status,
    exit_code,
    definition,
    counts
from runs
where run_id = $run_id or starts_with(run_id, $run_id || '.')
order by started_at, run_id

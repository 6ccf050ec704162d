-- table:  runs
-- params: $run_id, $ended_at TIMESTAMP, $status, $exit_code, $counts VARCHAR of JSON
update runs
set
    ended_at = $ended_at,
    status = $status,
    exit_code = $exit_code,
    counts = cast($counts as json)
where run_id = $run_id

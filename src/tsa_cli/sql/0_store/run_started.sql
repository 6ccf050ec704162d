-- table:  runs
-- params: $run_id, $command, $started_at TIMESTAMP, $definition
insert into runs (run_id, command, started_at, status, definition)
values ($run_id, $command, $started_at, 'running', nullif($definition, ''))

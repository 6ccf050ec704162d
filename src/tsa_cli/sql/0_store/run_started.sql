-- table:  runs
-- params: $run_id, $command, $started_at TIMESTAMP, $definition
-- notes:  who writes has the store's lock, so that a run which still runs by its row was killed
update runs
set status = 'killed'
where status = 'running';

insert into runs (run_id, command, started_at, status, definition)
values ($run_id, $command, $started_at, 'running', nullif($definition, ''))

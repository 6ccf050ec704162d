-- tables: ingested_files, with the place of each file
-- notes:  `path` is as given: from another folder (cron) it leads to nothing, and a file may be given under many names.
--         Null where there is no file (standard input, a pipe) and for readings before this was kept
alter table ingested_files add column absolute_path varchar;  -- where the file stood, links followed; null for a pipe

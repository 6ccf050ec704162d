-- table:  sessionize_files, one row: which configuration files the tables were made under
-- params: $fingerprint VARCHAR  hash of their bytes
create or replace table sessionize_files as
select cast($fingerprint as varchar) as fingerprint

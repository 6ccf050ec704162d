-- params: $version VARCHAR
insert or replace into tsa_meta (key, value) values ('schema_version', $version)

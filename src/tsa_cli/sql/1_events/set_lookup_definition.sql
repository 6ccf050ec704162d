-- table:  tsa_meta, with the hash of the configuration that the lookups were made with
-- params: $definition VARCHAR
delete from tsa_meta where key = 'lookups';
insert into tsa_meta values ('lookups', $definition)

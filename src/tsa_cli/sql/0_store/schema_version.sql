-- reads: tsa_meta
select value from tsa_meta where key = 'schema_version'

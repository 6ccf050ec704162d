-- answers: the hash of the configuration that the lookups were made with
-- reads:   tsa_meta
select value from tsa_meta where key = 'lookups'

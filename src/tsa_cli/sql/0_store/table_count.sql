-- reads: the catalogue
-- notes: a store that no tsa has touched has none
select count(*) from duckdb_tables() where not internal

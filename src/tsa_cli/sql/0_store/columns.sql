-- reads:  duckdb_columns(), duckdb_tables()
select
    c.table_name,
    c.column_name,
    c.data_type,
    t.estimated_size as row_count                   -- null for views
from duckdb_columns() as c
left join duckdb_tables() as t on c.table_name = t.table_name and c.schema_name = t.schema_name
where not c.internal
order by c.table_name, c.column_index

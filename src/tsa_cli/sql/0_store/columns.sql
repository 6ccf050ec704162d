-- reads:  duckdb_columns(), duckdb_tables()
-- notes:  the two public views have as many rows as the tables that they put in words
with views(view_name, rows_of) as (
    values ('fact_events', 'raw_events'), ('dim_sessions', 'session_rows')
)
select
    c.table_name,
    c.column_name,
    c.data_type,
    t.estimated_size as row_count                   -- null for the views behind them
from duckdb_columns() as c
left join views as v on c.table_name = v.view_name
left join duckdb_tables() as t
    on coalesce(v.rows_of, c.table_name) = t.table_name and c.schema_name = t.schema_name
where not c.internal
order by c.table_name, c.column_index

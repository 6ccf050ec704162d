-- reads:  duckdb_tables(), duckdb_views()
-- params: $name VARCHAR
select count(*) > 0 as found
from (
    select table_name from duckdb_tables() where not internal
    union all
    select view_name as table_name from duckdb_views() where not internal
)
where table_name = $name

-- answers: the columns of a Parquet file and their types
-- params:  $path VARCHAR; $is_partitioned BOOLEAN (folders KEY=VALUE of the path are columns, too)
select column_name, column_type
from (describe select * from read_parquet($path, hive_partitioning = $is_partitioned))

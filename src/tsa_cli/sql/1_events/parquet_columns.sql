-- answers: the columns of a Parquet file and their types
-- params:  $path VARCHAR
select column_name, column_type
from (describe select * from read_parquet($path))

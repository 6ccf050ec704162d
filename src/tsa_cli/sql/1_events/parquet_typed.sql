-- relation: chosen columns of a Parquet file, each read as its expression says
-- params:   $parquet_files VARCHAR[]; $is_partitioned BOOLEAN
-- slots:    @columns
(select @columns from read_parquet($parquet_files, hive_partitioning = $is_partitioned))

-- params: $path VARCHAR
select count(*) as row_count from read_parquet($path)

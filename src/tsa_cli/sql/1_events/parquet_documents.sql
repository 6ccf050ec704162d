-- relation: one JSON document a row of a Parquet file, without nulls
-- params:   $parquet_files VARCHAR[]; $is_partitioned BOOLEAN
-- slots:    @columns (what is selected of the file)
-- notes:    a column named like the row would be taken in its place, hence the odd name
(
    select json_merge_patch('{}', to_json("a whole row, not a column")) as json
    from (
        select @columns
        from read_parquet($parquet_files, hive_partitioning = $is_partitioned)
    ) as "a whole row, not a column"
)

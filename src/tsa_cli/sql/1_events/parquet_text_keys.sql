-- answers: the keys of a column of JSON objects as text, in the file's first rows
-- reads:   @column
-- params:  $path VARCHAR; $is_partitioned BOOLEAN; $most_rows BIGINT
select distinct unnest(keys) as key
from (
    select distinct json_keys(try_cast(text as json)) as keys
    from (
        select @column as text
        from read_parquet($path, hive_partitioning = $is_partitioned)
        limit $most_rows
    )
    where starts_with(ltrim(text), '{')
)

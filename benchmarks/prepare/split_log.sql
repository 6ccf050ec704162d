-- reads:  log.parquet, the generated log in order of delivery
-- writes: events.parquet (each event once, the first 99 % of the log), increment.parquet (the rest),
--         repeats.txt, base_rows.txt
-- section: split
create or replace table repeats as
select file_row_number as place
from read_parquet('log.parquet', file_row_number = true)
qualify row_number() over (partition by event_id order by file_row_number) > 1;
create or replace table base as
select cast(count(*) * 0.99 as bigint) as row_count
from read_parquet('log.parquet');
copy (select place from repeats order by place) to 'repeats.txt' (format csv, header false);
copy base to 'base_rows.txt' (format csv, header false);
copy (
    select * exclude (file_row_number)
    from read_parquet('log.parquet', file_row_number = true)
    where file_row_number < (select row_count from base)
        and file_row_number not in (select place from repeats)
) to 'events.parquet' (format parquet, compression zstd);
copy (
    select * exclude (file_row_number)
    from read_parquet('log.parquet', file_row_number = true)
    where file_row_number >= (select row_count from base)
        and file_row_number not in (select place from repeats)
) to 'increment.parquet' (format parquet, compression zstd)

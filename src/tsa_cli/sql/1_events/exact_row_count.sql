-- reads: exact_rows
select count(*) as row_count from exact_rows

-- answers: how many rows a table has
-- slots:   @table
select count(*) from @table

-- table: the one that @table names, with more rows
-- slots: @table; @query, whose columns it has
insert into @table by name
@query

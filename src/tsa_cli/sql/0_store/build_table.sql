-- table: the one that @table names, made anew
-- slots: @table; @query, whose rows it has
create or replace table @table as
@query

-- table:  held_rows (temporary), rows of the file whose id is known, encoded, with their ordinal
-- reads:  streamed_rows  lent by the step
create or replace temp table held_rows as
select *
from streamed_rows

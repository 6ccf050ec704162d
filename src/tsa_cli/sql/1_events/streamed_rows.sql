-- relation: encoded rows on their way
-- reads:    streamed_rows  lent by the step
select * from streamed_rows

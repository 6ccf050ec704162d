-- answers: the rows of a frame
-- reads:   incoming_rows, lent by the store
select * from incoming_rows

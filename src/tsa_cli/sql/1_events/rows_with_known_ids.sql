-- answers: the rows of a small file, told which of them have an id that is known
-- reads:   read_rows  lent to the reader; @is_known
select * replace (cast(is_event = 1 and (@is_known) as utinyint) as is_known)
from read_rows

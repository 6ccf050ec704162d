-- answers: the rows of the file that are no events, by their ordinal
-- reads:   exact_rows
select ordinal, reason
from exact_rows
where reason is not null
order by ordinal

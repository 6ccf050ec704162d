-- relation: of the rows whose id is known, those that are the first of their id
-- reads:    held_rows, repeats
select h.*
from held_rows as h
semi join (select ordinal from repeats where is_first) as r on h.ordinal = r.ordinal

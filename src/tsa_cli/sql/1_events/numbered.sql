-- relation: a file's canonical rows with their place in it, from 0
-- reads:    @canonical
-- notes:    row_number() over () follows the file, because insertion order is preserved; it is serial
select row_number() over () - 1 as ordinal, *
from (@canonical)

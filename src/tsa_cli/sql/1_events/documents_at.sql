-- answers: the rows of a file at some ordinals, as JSON text
-- reads:   @documents (json)
-- params:  $ordinals BIGINT[]
select ordinal, cast(json as varchar) as text
from (select row_number() over () - 1 as ordinal, json from @documents)
where list_contains($ordinals, ordinal)
order by ordinal

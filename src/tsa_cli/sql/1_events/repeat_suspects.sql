-- answers: the rows whose content differs, at least in writing, from the first of their id
-- reads:   repeats
select ordinal, has_same_facts, properties, first_properties
from repeats
where not is_first and not (has_same_facts and properties = first_properties)
order by ordinal

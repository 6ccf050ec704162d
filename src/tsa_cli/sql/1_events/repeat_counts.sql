-- answers: how many known rows are the first of their id, and how many repeat it to the letter
-- reads:   repeats
select
    count(*) filter (where is_first) as first_count,
    count(*) filter (
        where not is_first and has_same_facts and has_same_time and words is not distinct from first_words
            and properties = first_properties
    ) as same_count
from repeats

-- answers: the keys of those words that event_types has
-- reads:   asked_words(word)  lent by the step; event_types
select
    l.event_type as word,
    cast(l.event_code as integer) as key
from event_types as l
semi join asked_words as w on l.event_type = w.word

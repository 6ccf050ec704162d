-- answers: the keys of those words that event_types has
-- reads:   asked_words(place, word)  lent by the step; event_types
select
    w.place,
    cast(l.event_code as integer) as key
from event_types as l
inner join asked_words as w on l.event_type = w.word

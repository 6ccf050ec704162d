-- answers: the keys of those words that ips has
-- reads:   asked_words(place, word)  lent by the step; ips
select
    w.place,
    cast(l.ip_key as integer) as key
from ips as l
inner join asked_words as w on coalesce(l.ip_address, l.told_place) = w.word

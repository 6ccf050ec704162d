-- answers: the keys of those words that referrers has
-- reads:   asked_words(place, word)  lent by the step; referrers
select
    w.place,
    cast(l.referrer_key as integer) as key
from referrers as l
inner join asked_words as w on l.referrer_url = w.word

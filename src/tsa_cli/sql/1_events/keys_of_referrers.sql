-- answers: the keys of those words that referrers has
-- reads:   asked_words(word)  lent by the step; referrers
select
    l.referrer_url as word,
    cast(l.referrer_key as integer) as key
from referrers as l
semi join asked_words as w on l.referrer_url = w.word

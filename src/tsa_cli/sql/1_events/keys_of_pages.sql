-- answers: the keys of those words that pages has
-- reads:   asked_words(place, word)  lent by the step; pages
select
    w.place,
    cast(l.page_key as integer) as key
from pages as l
inner join asked_words as w
    on concat(l.page_url, l.told_campaign) = w.word

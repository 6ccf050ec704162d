-- answers: the keys of those words that pages has
-- reads:   asked_words(word)  lent by the step; pages
select
    l.page_url as word,
    cast(l.page_key as integer) as key
from pages as l
semi join asked_words as w on l.page_url = w.word

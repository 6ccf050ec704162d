-- answers: the keys of those words that ips has
-- reads:   asked_words(word)  lent by the step; ips
select
    l.ip_address as word,
    cast(l.ip_key as integer) as key
from ips as l
semi join asked_words as w on l.ip_address = w.word

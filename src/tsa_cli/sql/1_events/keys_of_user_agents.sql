-- answers: the keys of those words that user_agents has
-- reads:   asked_words(place, word)  lent by the step; user_agents
select
    w.place,
    cast(l.agent_key as integer) as key
from user_agents as l
inner join asked_words as w on l.user_agent = w.word

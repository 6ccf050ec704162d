-- answers: the keys of those words that user_agents has
-- reads:   asked_words(word)  lent by the step; user_agents
select
    l.user_agent as word,
    cast(l.agent_key as integer) as key
from user_agents as l
semi join asked_words as w on l.user_agent = w.word

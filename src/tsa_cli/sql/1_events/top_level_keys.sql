-- answers: every key of the documents themselves
-- reads:   @documents (json)
select distinct unnest(json_keys(json)) as key
from @documents

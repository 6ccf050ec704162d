-- answers: whether a document has a key twice
-- reads:   @documents (json)
select coalesce(bool_or(len(json_keys(json)) > len(list_distinct(json_keys(json)))), false) as has_twin_keys
from @documents

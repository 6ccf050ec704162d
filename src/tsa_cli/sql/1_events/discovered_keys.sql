-- answers: every key of the documents, and of the objects inside at $properties
-- reads:   @documents (json)
-- params:  $properties VARCHAR[] (JSON pointers)
select distinct unnest(keys) as key, is_top
from (
    select distinct json_keys(json) as keys, true as is_top
    from @documents
    union all
    select distinct unnest(json_keys(json, $properties)) as keys, false as is_top
    from @documents
)

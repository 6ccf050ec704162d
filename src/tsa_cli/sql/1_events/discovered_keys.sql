-- answers: every key of the documents, and of the objects inside at $properties
-- reads:   @documents (json)
-- params:  $properties VARCHAR[] (JSON pointers)
-- slots:   @open_keys (keys of objects that are found by the beginning of their key, VARCHAR[])
with shapes as materialized (
    select distinct
        json_keys(json) as top_keys,
        flatten(json_keys(json, $properties)) || @open_keys as inner_keys
    from @documents
)
select distinct unnest(top_keys) as key, true as is_top from shapes
union all
select distinct unnest(inner_keys) as key, false as is_top from shapes

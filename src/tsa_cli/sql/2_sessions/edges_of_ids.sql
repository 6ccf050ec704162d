-- reads:  identity_edges
-- params: $ids VARCHAR[]
select
    anonymous_id,
    user_id,
    source,
    first_seen,
    last_seen,
    event_count,
    is_cut,
    reason
from identity_edges
where list_contains($ids, anonymous_id) or list_contains($ids, user_id)
order by anonymous_id, user_id, source

-- table:  identity_edges, the ledger of links between ids; sessionize rebuilds it, `identities cut` adds cuts
-- reads:  edges
select
    anonymous_id,                       -- a device's id; of an alias the earlier id
    user_id,                            -- a known id
    source,                             -- event | identify | alias
    first_seen,                         -- UTC
    last_seen,                          -- UTC
    event_count,                        -- events or calls that show this link
    is_cut,                             -- links nothing
    reason                              -- why it is cut: cut by hand | shared device
from edges
order by anonymous_id, user_id, source

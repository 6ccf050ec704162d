-- table:  identity_nodes (temporary), the ids that links which count hold together
-- reads:  edges
create or replace temp table identity_nodes as
select
    row_number() over (order by id) - 1 as node,
    id
from (
    select anonymous_id as id from edges where not is_cut
    union
    select user_id as id from edges where not is_cut
)

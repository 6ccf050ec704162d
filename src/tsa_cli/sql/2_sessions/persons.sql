-- table:  persons (temporary), the user that each linked id stands for
-- reads:  identity_nodes, node_labels(node, label)  lent by the step, edges
-- params: $stitch VARCHAR  latest | none
-- notes:  the known id of the latest link wins; of two equally late ones the greater id
create or replace temp table persons as
with members as (
    select
        n.id,
        l.label
    from identity_nodes as n
    inner join node_labels as l on n.node = l.node
),
winners as (
    select
        m.label,
        first(e.user_id order by e.last_seen desc, e.user_id desc) as user_id
    from edges as e
    inner join members as m on e.user_id = m.id
    where not e.is_cut
    group by m.label
)
select
    m.id,
    w.user_id
from members as m
inner join winners as w on m.label = w.label
where $stitch = 'latest'

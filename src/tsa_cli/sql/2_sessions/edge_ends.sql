-- reads:  edges, identity_nodes
select distinct
    l.node as left_node,
    r.node as right_node
from edges as e
inner join identity_nodes as l on e.anonymous_id = l.id
inner join identity_nodes as r on e.user_id = r.id
where not e.is_cut

-- reads: identity_nodes
select count(*) as node_count from identity_nodes

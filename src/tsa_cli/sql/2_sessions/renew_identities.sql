-- tables: identity_edges, identity_persons, with what affected ids have renewed
-- reads:  edges, persons, affected_ids
delete from identity_edges
where anonymous_id in (select id from affected_ids);

insert into identity_edges by name
select *
from edges;

delete from identity_persons
where id in (select id from affected_ids);

insert into identity_persons by name
select *
from persons

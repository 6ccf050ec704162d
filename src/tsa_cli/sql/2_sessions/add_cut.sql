-- table:  identity_cuts
-- params: $id_a, $id_b VARCHAR
insert into identity_cuts (id_a, id_b) values ($id_a, $id_b)

-- reads:  identity_cuts
-- params: $id_a, $id_b VARCHAR
select count(*) as cut_count
from identity_cuts
where (id_a = $id_a and id_b = $id_b) or (id_a = $id_b and id_b = $id_a)

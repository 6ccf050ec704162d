-- answers: the moment of the last derivation, when its rules were the same and the moment is no earlier one
-- reads:   derived_state
-- params:  $definition VARCHAR, $as_of TIMESTAMP
select as_of
from derived_state
where definition = $definition and as_of <= $as_of

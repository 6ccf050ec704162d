-- answers: the stored names that are aliases now, and the code of the name that each stands for, where it has one
-- reads:   aliases(alias, name)  lent by the caller; event_types
select
    t.event_code as alias_code,
    a.name,
    n.event_code as name_code
from event_types as t
inner join aliases as a on t.event_type = a.alias
left join event_types as n on a.name = n.event_type
order by a.name, t.event_code

-- answers: the stored names that are aliases now, and the code of the name that each stands for, where it has one
-- reads:   event_types
-- params:  $aliases, $names VARCHAR[]  each alias, and in the same place the name that it stands for
select
    t.event_code as alias_code,
    a.name,
    n.event_code as name_code
from event_types as t
inner join (
    select
        unnest(cast($aliases as varchar[])) as alias,
        unnest(cast($names as varchar[])) as name
) as a on t.event_type = a.alias
left join event_types as n on a.name = n.event_type
order by a.name, t.event_code

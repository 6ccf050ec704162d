-- answers: the rows whose content differs, at least in writing, from the first of their id
-- reads:   repeats, ips
select
    r.ordinal,
    r.has_same_facts,
    r.properties,
    i.ip_address,
    r.first_properties,
    f.ip_address as first_ip_address
from repeats as r
left join ips as i on r.ip_key = i.ip_key
left join ips as f on r.first_ip_key = f.ip_key
where not r.is_first
    and not (r.has_same_facts and r.ip_key is not distinct from r.first_ip_key and r.properties = r.first_properties)
order by r.ordinal

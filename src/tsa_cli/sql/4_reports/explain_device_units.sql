-- answer: the devices that the person was seen on
-- reads:  actors
-- params: $user_key INTEGER
select
    device_key as unit_key,
    any_value(device_id) as unit_id
from actors
where user_key = $user_key
group by device_key
order by unit_id

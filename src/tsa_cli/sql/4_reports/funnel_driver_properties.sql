-- answer: for each value of a property at the start, how many units of each side had it
-- reads:  lent_units(place, is_converted, start_seq), core, sessions, events
-- notes:  session columns, and the top level of the first event's properties where the value is plain
with begun as (
    select
        l.place,
        l.is_converted,
        s.device_type,
        s.browser,
        s.os,
        s.geo_country,
        s.channel,
        s.utm_source,
        s.utm_medium,
        s.utm_campaign,
        e.properties
    from lent_units as l
    inner join core as c on l.start_seq = c.core_seq
    left join sessions as s on c.session_key = s.session_key
    inner join events as e on c.event_seq = e.event_seq
),
session_values as (
    unpivot (
        select
            place,
            is_converted,
            device_type,
            browser,
            os,
            geo_country,
            channel,
            utm_source,
            utm_medium,
            utm_campaign
        from begun
    )
    on device_type, browser, os, geo_country, channel, utm_source, utm_medium, utm_campaign
    into name name value value
),
property_keys as (
    select
        place,
        is_converted,
        unnest(json_keys(properties)) as key,
        properties
    from begun
    where json_type(properties) = 'OBJECT'
),
property_values as (
    select
        place,
        is_converted,
        'properties.' || key as name,
        json_extract(properties, '/' || replace(replace(key, '~', '~0'), '/', '~1')) as value
    from property_keys
),
every_value as (
    select
        place,
        is_converted,
        name,
        value
    from session_values
    union all
    select
        place,
        is_converted,
        name,
        value ->> '$' as value
    from property_values
    where json_type(value) not in ('OBJECT', 'ARRAY', 'NULL')
)
select
    name,
    value,
    count(*) filter (where is_converted) as converted_with,
    count(*) filter (where not is_converted) as dropped_with
from every_value
group by name, value
order by name, value

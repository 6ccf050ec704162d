-- relation: a file's lines in canonical form, each with the reason when it is no event (null: it is one)
-- reads:    @canonical (the mapping's select: c_* columns)
--           @plan_reason (a reason that the tracking plan gives, or null)
--           @moment (what the text c_ts says, from moment.sql)
-- params:   $now_ts, $min_ts TIMESTAMP; $max_future_seconds DOUBLE
-- notes:    what is personal in an address or a URL is taken out when its text gets a key: once per distinct text.
--           A blank id is none: it would make one person of all who have it. Few texts are below '!'
select
    o.* exclude (c_ts, c_event_ts, event_ts, id_uuid, is_uuid),
    o.event_ts,
    case
        when o.c_event is null and o.c_ts is null and o.c_event_ts is null and o.c_user_id is null
            and o.c_anonymous_id is null and o.c_event_id is null then 'invalid_json'
        when o.c_event is null
            or ((starts_with(o.c_event, '{') or starts_with(o.c_event, '[')) and json_valid(o.c_event))
            then 'missing_event'
        when o.c_ts is null and o.c_event_ts is null then 'missing_timestamp'
        when o.event_ts is null then 'invalid_timestamp'
        when o.event_ts < $min_ts or o.event_ts > $now_ts + to_seconds($max_future_seconds)
            then 'timestamp_out_of_range'
        when o.c_user_id is null and o.c_anonymous_id is null then 'missing_identity'
        else @plan_reason
    end as reason,
    (
        o.c_event is not null
        and not (
            (starts_with(o.c_event, '{') or starts_with(o.c_event, '[')) and json_valid(o.c_event)
        )
        and o.event_ts >= $min_ts
        and o.event_ts <= $now_ts + to_seconds($max_future_seconds)
        and (o.c_user_id is not null or o.c_anonymous_id is not null)
        and (@plan_reason) is null
    ) is true as is_event,                          -- reason is null, at a third of its cost
    case
        when o.is_uuid then o.id_uuid
        when o.c_event_id is null then cast(md5(concat_ws(chr(31),
            o.c_event, o.event_ts, coalesce(o.c_user_id, ''), coalesce(o.c_anonymous_id, ''),
            coalesce(o.c_session_id, ''), coalesce(o.c_page_url, ''),
            list_sort(list_filter(
                map_entries(from_json(coalesce(o.c_sent_properties, o.c_properties), '"MAP(VARCHAR, JSON)"')),
                lambda entry: entry.value <> 'null')))) as uuid)
    end as event_uuid,
    case when not o.is_uuid then o.c_event_id end as event_text
from (
    select
        *,
        (cast(id_uuid as varchar) = c_event_id) is true as is_uuid, -- in lower case, with its hyphens
        coalesce(c_event_ts, @moment) as event_ts
    from (
        select
            * replace (
                case when c_event_id >= '!' or trim(c_event_id, chr(9) || ' ') <> '' then c_event_id end as c_event_id,
                case when c_event >= '!' or trim(c_event, chr(9) || ' ') <> '' then c_event end as c_event,
                case when c_user_id >= '!' or trim(c_user_id, chr(9) || ' ') <> '' then c_user_id end as c_user_id,
                case
                    when c_anonymous_id >= '!' or trim(c_anonymous_id, chr(9) || ' ') <> '' then c_anonymous_id
                end as c_anonymous_id
            ),
            try_cast(c_event_id as uuid) as id_uuid         -- once: a cast costs more than a row
        from (@canonical)
    )
) as o

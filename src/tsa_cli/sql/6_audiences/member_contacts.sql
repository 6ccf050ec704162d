-- reads:  audience_candidates(user_id), actors, consent_events, user_traits
-- params: $as_of TIMESTAMP what was said at or before it counts
--         $purpose VARCHAR purpose of consent; null: none is asked
-- notes:  what a person said is found by the ids it was said under: the pair, else the known id, else the device.
--         Of a personal field all keys come from its latest statement, so that an old hash does not outlive
--         its address; `reached` has the old ones, too. At one moment a no outweighs a yes, and of two addresses the
--         greater hash: an encrypted one is another text in each store. The rows of a statement stand together, its
--         field first
with known as (
    select known_id, min(user_id) as user_id
    from actors
    where known_id is not null
    group by known_id
),

devices as (
    select anonymous_id, coalesce(min(user_id) filter (where known_id is null), min(user_id)) as user_id
    from actors
    where anonymous_id is not null
    group by anonymous_id
),

said as (
    select anonymous_id, user_id as known_id, 'consent' as key, granted::varchar as value, seen_ts, 0 as place
    from consent_events
    where purpose = $purpose and seen_ts <= $as_of
    union all
    select anonymous_id, user_id, 'trait:' || key, value, seen_ts, rowid
    from user_traits
    where seen_ts <= $as_of
),

placed as (
    select
        coalesce(a.user_id, k.user_id, s.known_id, d.user_id, s.anonymous_id) as user_id,
        s.key,
        split_part(s.key, '_sha256', 1) as field,
        s.value,
        s.seen_ts,
        s.place
    from said as s
    left join actors as a
        on s.anonymous_id is not distinct from a.anonymous_id
        and s.known_id is not distinct from a.known_id
    left join known as k on s.known_id = k.known_id
    left join devices as d on s.known_id is null and s.anonymous_id = d.anonymous_id
),

told as (
    select
        p.*,
        sum(case when p.key = p.field then 1 else 0 end) over (
            partition by p.user_id, p.field
            order by p.place
            rows unbounded preceding
        ) as statement
    from placed as p
    semi join audience_candidates as c on p.user_id = c.user_id
    where p.key <> 'consent'
),

statements as (
    select
        user_id,
        field,
        statement,
        (
            max(seen_ts),
            coalesce(max(value) filter (where key <> field), ''),
            max(value)
        ) as age
    from told
    group by user_id, field, statement
),

latest as (
    select
        t.user_id,
        substr(t.key, 7) as key,
        max(t.value) as value
    from told as t
    inner join (
        select user_id, field, arg_max(statement, age) as statement
        from statements
        group by user_id, field
    ) as l on t.user_id = l.user_id and t.field = l.field and t.statement = l.statement
    group by all
),

consents as (
    select
        user_id,
        min(value = 'true') filter (where seen_ts = newest) as is_granted
    from (
        select p.user_id, p.value, p.seen_ts, max(p.seen_ts) over (partition by p.user_id) as newest
        from placed as p
        semi join audience_candidates as c on p.user_id = c.user_id
        where p.key = 'consent'
    )
    group by user_id
),

ids as (
    select user_id, list(distinct id) as ids
    from (
        select a.user_id, unnest([a.known_id, a.anonymous_id]) as id
        from actors as a
        semi join audience_candidates as c on a.user_id = c.user_id
    )
    where id is not null
    group by user_id
),

reached as (
    select p.user_id, list(distinct p.value) as reached
    from placed as p
    semi join audience_candidates as c on p.user_id = c.user_id
    where p.field in ('trait:email', 'trait:phone') and not starts_with(p.value, 'enc:')
    group by p.user_id
),

traits as (
    select user_id, list(key order by key) as keys, list(value order by key) as vals
    from latest
    group by user_id
)

select
    c.user_id,
    g.is_granted,                                   -- null: never answered
    coalesce(t.keys, []) as keys,
    coalesce(t.vals, []) as vals,
    coalesce(i.ids, []) as ids,                     -- all that this person was seen under
    coalesce(r.reached, []) as reached              -- hash of each e-mail and phone ever told; in clear where unprotected
from audience_candidates as c
left join consents as g on c.user_id = g.user_id
left join traits as t on c.user_id = t.user_id
left join ids as i on c.user_id = i.user_id
left join reached as r on c.user_id = r.user_id
order by c.user_id

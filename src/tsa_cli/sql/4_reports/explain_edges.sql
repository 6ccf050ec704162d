-- answer: every link between a person's ids and other ids, with what decides whether it counts
-- reads:  identity_edges, identity_cuts, actors
-- params: $user_key INTEGER
--         $user_id VARCHAR
-- notes:  what others did on a shared device is told of the device alone, not of each who used it
with mine as (
    select distinct unnest([anonymous_id, known_id]) as id
    from actors
    where user_key = $user_key
),
linked as (
    select *
    from identity_edges
    where user_id in (select id from mine where id is not null)
        or (
            anonymous_id in (select id from mine where id is not null)
            and (reason is distinct from 'shared device' or anonymous_id = $user_id)
        )
),
known_ids as (
    select
        anonymous_id,
        count(distinct user_id) as known_id_count
    from identity_edges
    where reason is distinct from 'cut by hand'
    group by anonymous_id
)
select
    l.anonymous_id,
    l.user_id,
    l.source,                                       -- event | identify | alias
    l.first_seen,                                   -- UTC
    l.last_seen,
    l.event_count,                                  -- events or calls that show this link
    l.is_cut,
    l.reason,
    coalesce(k.known_id_count, 0) as known_id_count, -- known ids that the device was used with
    exists (
        select 1
        from identity_cuts as c
        where (c.id_a = l.anonymous_id and c.id_b = l.user_id) or (c.id_a = l.user_id and c.id_b = l.anonymous_id)
    ) as is_cut_by_hand                             -- applied by the next `tsa sessionize`
from linked as l
left join known_ids as k on l.anonymous_id = k.anonymous_id
order by l.first_seen, l.anonymous_id, l.user_id, l.source

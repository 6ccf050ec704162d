-- table:  evidence (temporary), which ids were seen together, how often and when: of affected devices
-- reads:  affected_actors, actor_stats, identity_edges, new_links, affected_ids
-- params: $before_ts TIMESTAMP  later links are not looked at
-- notes:  all links of a device, or none: whether it is shared is a question of how many there are
create or replace temp table evidence as
select
    a.anonymous_id,
    a.known_id as user_id,
    'event' as source,
    s.first_ts as first_seen,
    s.last_ts as last_seen,
    s.event_count
from affected_actors as a
inner join actor_stats as s on a.actor_key = s.actor_key
where a.known_id is not null and a.anonymous_id in (select id from affected_ids)
union all
select
    anonymous_id,
    user_id,
    source,
    min(first_seen) as first_seen,
    max(last_seen) as last_seen,
    cast(sum(event_count) as bigint) as event_count
from (
    select
        anonymous_id,
        user_id,
        source,
        first_seen,
        last_seen,
        event_count
    from identity_edges
    where source <> 'event' and anonymous_id in (select id from affected_ids)
    union all
    select
        anonymous_id,
        user_id,
        source,
        seen_ts as first_seen,
        seen_ts as last_seen,
        1 as event_count
    from new_links
    where seen_ts < $before_ts
)
group by anonymous_id, user_id, source

-- table:  derived_events, with the events of one rule
-- reads:  core, actors, users_index, event_types, session_rows, and what the matchers ask for
-- params: $name VARCHAR                           of the derived event
--         $as_of TIMESTAMP                        later events are not known yet
--         $is_any_name BOOLEAN, $names VARCHAR[]  the event names that a matcher can hold for
--         $per VARCHAR (event | session | user), $at_least INTEGER
--         $has_key, $has_unless, $is_ever BOOLEAN; $within_us BIGINT
-- slots:  @actors, those of the users looked at; @columns, @joins, @is_anchor, @is_unless, @key, @event_id from the
--         matchers; @named, `narrowed` with its ids
-- notes:  anchors are counted per user, session and key, as far as the rule has them: the earliest so many moments
--         of each group are kept, not a place among all (a quarter of the time). Events of one user are ordered by
--         (event_ts, event_id); an `unless` event counts when its key is the anchor's, or when one of the two has none.
--         Running minima instead of a join keep a user with a million events linear, and the engine leaves out those
--         that a rule has no use for. Ids are read of the few events only that may be anchors.
insert into derived_events
with readable as (
    select
        a.user_key,
        c.event_ts,
        c.event_seq,
        c.session_key
        @columns
    from core as c
    inner join (@actors) as a on c.actor_key = a.actor_key
    inner join event_types as w on c.event_code = w.event_code
    @joins
    where c.event_ts <= $as_of and ($is_any_name or list_contains($names, w.event_type))
),
marked as (
    select
        user_key,
        event_ts,
        event_seq,
        session_key,
        @is_anchor as is_anchor,
        case when @is_unless then event_ts end as unless_ts,
        @key as key_text,
        @event_id as event_id,
        case when $per = 'session' then coalesce(session_key, 0) else 0 end as visit,
        case when $has_key then coalesce('=' || key_text, '') else '' end as key_group
    from readable
),
counted as (
    select
        user_key,
        visit,
        key_group,
        min(event_ts, $at_least) as earliest
    from marked
    where is_anchor and $per <> 'event'
    group by user_key, visit, key_group
    having count(*) >= $at_least
),
narrowed as (
    select
        m.* replace (
            m.is_anchor and ($per = 'event' or coalesce(m.event_ts = c.earliest[$at_least], false)) as is_anchor
        ),
        len(list_filter(c.earliest, lambda moment: moment < m.event_ts)) as earlier_count
    from marked as m
    left join counted as c on m.user_key = c.user_key and m.visit = c.visit and m.key_group = c.key_group
    where m.unless_ts is not null or (m.is_anchor and ($per = 'event' or m.event_ts = c.earliest[$at_least]))
),
named as (@named),
seen as (
    select
        *,
        earlier_count + row_number() over (
            partition by user_key, visit, key_group, is_anchor order by event_ts, event_id
        ) as anchor_number,
        min(unless_ts) over after_it as next_any_ts,
        min(unless_ts) over after_it_same_key as next_same_ts,
        min(case when key_text is null then unless_ts end) over after_it as next_keyless_ts,
        min(unless_ts) over up_to_it as first_any_ts,
        min(unless_ts) over up_to_it_same_key as first_same_ts,
        min(case when key_text is null then unless_ts end) over up_to_it as first_keyless_ts
    from named
    window
        after_it as (
            partition by user_key order by event_ts, event_id rows between 1 following and unbounded following
        ),
        after_it_same_key as (
            partition by user_key, key_text order by event_ts, event_id
            rows between 1 following and unbounded following
        ),
        up_to_it as (
            partition by user_key order by event_ts, event_id rows between unbounded preceding and 1 preceding
        ),
        up_to_it_same_key as (
            partition by user_key, key_text order by event_ts, event_id
            rows between unbounded preceding and 1 preceding
        )
),
anchors as (
    select
        *,
        event_ts + to_microseconds($within_us) as deadline_ts,
        case
            when not $has_unless then null
            when not $has_key or key_text is null then next_any_ts
            else least(next_same_ts, next_keyless_ts)
        end as next_ts,
        case
            when not $is_ever then null
            when not $has_key or key_text is null then first_any_ts
            else coalesce(first_same_ts, first_keyless_ts)
        end as first_ts
    from seen
    where is_anchor
        and ($per = 'event' or (anchor_number = $at_least and ($per = 'user' or session_key is not null)))
)
select
    x.user_id,
    $name as event_type,
    a.deadline_ts as event_ts,
    a.event_id as anchor_event_id,
    cast(s.session_id as varchar) as session_id
from anchors as a
inner join users_index as x on a.user_key = x.user_key
left join session_rows as s on a.session_key = s.session_key
where a.deadline_ts <= $as_of
    and not coalesce(a.next_ts <= a.deadline_ts, false)
    and a.first_ts is null
order by event_ts, anchor_event_id

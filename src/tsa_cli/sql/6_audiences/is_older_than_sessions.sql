-- answer: true when the last `tsa sessionize` that changed something came after the last run of a command
-- reads:  runs
-- params: $command VARCHAR
-- notes:  a moment alone does not tell: late events and other rules leave the newest event as it is. A run that found
--         nothing new has the counts of the one before, and so may one in which somebody became another user. A failed
--         score may have scored other models; features that failed left their table, which the next sessionize that
--         changes something tells
with made as (
    select max(started_at) as made_ts
    from runs
    where command = $command and status <> 'killed'
),
sessionized as (
    select
        started_at,
        counts ->> 'mode' as mode,
        counts ->> 'session_changes' as session_changes,
        coalesce(counts ->> 'user_changes', '0') as user_changes,
        struct_pack(e := counts ->> 'events', x := counts ->> 'excluded_events', s := counts ->> 'sessions', u := counts ->> 'users')
            as totals
    from runs
    where command = 'sessionize' and status = 'done'
)
select coalesce(bool_or(
    s.mode = 'full' or s.session_changes <> '0' or s.user_changes <> '0' or s.totals is distinct from k.totals
), false) as is_older
from sessionized as s
cross join made as m
left join (
    select arg_max(b.totals, b.started_at) as totals
    from sessionized as b
    inner join made as n on b.started_at <= n.made_ts
) as k on true
where s.started_at > m.made_ts

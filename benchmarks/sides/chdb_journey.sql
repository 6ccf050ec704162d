-- ClickHouse: the visits' pages as arrays, their 20 top paths and all moves from page to page
-- section: before
drop table if exists paths
-- section: journey
create table paths engine = Memory as
select arrayCompact(arraySort(x -> x.1, groupArray((core_seq, path_key))).2) as path
from core_by_session
group by session_key
settings optimize_aggregation_in_order = 1;
with
    (
        select (groupArray(n), max(length(first_ten)))
        from (
            select arraySlice(path, 1, 10) as first_ten, count() as n
            from paths
            group by first_ten
            order by n desc, first_ten
            limit 20
        )
    ) as top,
    (
        select (count(), sum(n), sum(n * n))
        from (
            select move, count() as n
            from (
                select arrayJoin(arrayZip(arrayPushFront(path, 0), arrayPushBack(path, 0))) as move
                from paths
            )
            group by move
        )
    ) as moves
select
    (select count() from paths) as sessions,
    arraySort(x -> toString(x), top.1) as top_paths,
    top.2 as longest_top_path,
    moves.1 as transition_kinds,
    moves.2 as transitions,
    moves.3 as transition_squares

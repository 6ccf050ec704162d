-- answer: what became of the lines read, by the period in which they were ingested
-- reads:  ingested_files, plan_results, quarantined_events
-- params: $is_one_period BOOLEAN;  $grain day | week | month;  $timezone VARCHAR
--         $shift_days INTEGER  1 where weeks start on Sunday
-- notes:  `new` has each line once, however often it was read: those inserted, and those that quarantine holds now
--         (a replayed line by the day of the replay, a dropped one not at all). `valid` are inserted lines
--         without a violation of the tracking plan. The other counts are of readings: a replay, or a file read
--         again, counts its lines again
with plan as (
    select
        load_id,
        sum(violating) as violating_count
    from plan_results
    where event_type <> '(refused)'                -- those are among the rejected
    group by load_id
),
counted as (
    select
        f.ingested_at,
        f.read_count,
        f.inserted_count,
        f.duplicate_count,
        f.conflict_count,
        f.rejected_count,
        f.inserted_count as new_count,
        f.inserted_count - coalesce(p.violating_count, 0) as valid_count
    from ingested_files as f
    left join plan as p on f.load_id = p.load_id
    union all by name
    select
        ingested_at,
        count(*) as new_count
    from quarantined_events
    group by ingested_at
),
local_lines as (
    select
        *,
        timezone($timezone, timezone('UTC', ingested_at)) as local_ts
    from counted
),
placed as (
    select
        *,
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period
    from local_lines
)
select
    period,
    cast(sum(read_count) as bigint) as read,
    cast(sum(inserted_count) as bigint) as inserted,
    cast(sum(duplicate_count) as bigint) as duplicate,
    cast(sum(conflict_count) as bigint) as conflict,
    cast(sum(rejected_count) as bigint) as rejected,
    cast(sum(new_count) as bigint) as new,
    cast(sum(valid_count) as bigint) as valid
from placed
group by period
order by period

-- answer: what became of the lines read, by the period in which they were ingested
-- reads:  ingested_files, plan_results
-- params: $is_one_period BOOLEAN;  $grain day | week | month;  $timezone VARCHAR
--         $shift_days INTEGER  1 where weeks start on Sunday
-- notes:  a duplicate was judged when it was new, so `new` leaves it out; `valid` are stored lines
--         without a violation of the tracking plan
with plan as (
    select
        load_id,
        sum(violating) as violating_count
    from plan_results
    where event_type <> '(refused)'                -- those are among the rejected
    group by load_id
),
local_files as (
    select
        f.*,
        f.inserted_count - coalesce(p.violating_count, 0) as valid_count,
        timezone($timezone, timezone('UTC', f.ingested_at)) as local_ts
    from ingested_files as f
    left join plan as p on f.load_id = p.load_id
),
placed as (
    select
        *,
        case
            when not $is_one_period
                then cast(date_trunc($grain, local_ts + to_days($shift_days)) - to_days($shift_days) as date)
        end as period
    from local_files
)
select
    period,
    cast(sum(read_count) as bigint) as read,
    cast(sum(inserted_count) as bigint) as inserted,
    cast(sum(duplicate_count) as bigint) as duplicate,
    cast(sum(conflict_count) as bigint) as conflict,
    cast(sum(rejected_count) as bigint) as rejected,
    cast(sum(read_count - duplicate_count) as bigint) as new,
    cast(sum(valid_count) as bigint) as valid
from placed
group by period
order by period

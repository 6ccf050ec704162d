-- rows: renewed sessions whose id is not theirs alone, or that end before they begin
select
    session_id,
    count(*) as session_count,
    min(duration_us) as duration_us
from session_rows
where session_id in (select session_id from session_batch)
group by session_id
having count(*) > 1 or min(duration_us) < 0
limit 10

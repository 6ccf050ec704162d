-- rows: sessions whose id is not theirs alone, or that end before they begin
select
    session_id,
    count(*) as session_count,
    min(duration_us) as duration_us
from session_rows
group by session_id
having count(*) > 1 or min(duration_us) < 0
limit 10

-- rows: users that stand there twice
select
    user_id,
    count(*) as row_count
from dim_users
group by user_id
having count(*) > 1
limit 10

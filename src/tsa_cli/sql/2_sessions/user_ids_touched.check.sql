-- rows: renewed users that stand there twice
select
    user_id,
    count(*) as row_count
from dim_users
where user_id in (select user_id from user_batch)
group by user_id
having count(*) > 1
limit 10

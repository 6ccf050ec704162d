-- reads: known_ids
select count(*) as id_count from known_ids

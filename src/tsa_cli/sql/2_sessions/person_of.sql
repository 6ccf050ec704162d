-- reads:  actors, identity_persons
-- params: $id VARCHAR
-- notes:  an id that no link joins to others is its own person, also one that only others' events carry: a shared device
select coalesce((select user_id from identity_persons where id = $id), $id) as user_id
where exists (select 1 from actors where known_id = $id or anonymous_id = $id)

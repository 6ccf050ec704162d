-- answers: the greatest key in use
-- reads:   actors
select coalesce(max(actor_key), 0) as key from actors

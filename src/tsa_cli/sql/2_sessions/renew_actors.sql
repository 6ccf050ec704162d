-- table:  actors, with the rows that a run changes renewed
-- reads:  changed_actors
-- notes:  an update would write each changed column anew for every actor, texts among them
delete from actors
where actor_key in (select actor_key from changed_actors);

insert into actors by name
select * exclude (old_user_key)
from changed_actors

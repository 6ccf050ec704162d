-- table:  touched_users (temporary), the users that a run may change
-- reads:  actors, changed_actors, touched_core, told_users
-- notes:  before `actors` is renewed: a user whose ids moved to another counts, and so does
--         that other; a renewed session may belong to another of the users seen in it
create or replace temp table touched_users as
select old_user_key as user_key from changed_actors
union
select user_key from changed_actors
union
select user_key
from actors
where actor_key in (select actor_key from touched_core)
union
select user_key from told_users

-- tables: touched_actors, touched_sessions (temporary), those of touched users
-- views:  scoped_actors, scoped_sessions (temporary): the same
-- reads:  actors, session_rows, touched_users
create or replace temp table touched_actors as
select *
from actors
where user_key in (select user_key from touched_users);

create or replace temp table touched_sessions as
select *
from session_rows
where user_key in (select user_key from touched_users);

create or replace temp view scoped_actors as
select *
from touched_actors;

create or replace temp view scoped_sessions as
select *
from touched_sessions

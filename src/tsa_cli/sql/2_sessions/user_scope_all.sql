-- views: scoped_actors, scoped_sessions, scoped_traits (temporary): those of every user
-- reads: actors, session_rows, user_traits
create or replace temp view scoped_actors as
select *
from actors;

create or replace temp view scoped_sessions as
select *
from session_rows;

create or replace temp view scoped_traits as
select *
from user_traits

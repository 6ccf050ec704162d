-- views: scoped_actors, scoped_sessions (temporary): those of every user
-- reads: actors, session_rows
create or replace temp view scoped_actors as
select *
from actors;

create or replace temp view scoped_sessions as
select *
from session_rows

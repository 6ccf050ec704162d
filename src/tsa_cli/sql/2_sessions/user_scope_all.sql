-- views: scoped_actors, scoped_sessions, scoped_services, scoped_traits (temporary): those of every user;
--        kept_traits (temporary), of nobody: all are read anew
-- reads: actors, session_rows, service_events, user_traits
create or replace temp view scoped_actors as
select *
from actors;

create or replace temp view scoped_sessions as
select *
from session_rows;

create or replace temp view scoped_services as
select *
from service_events;

create or replace temp view kept_traits as
select
    cast(null as varchar) as user_id,
    cast(null as varchar) as email,
    cast(null as varchar) as first_name,
    cast(null as varchar) as last_name,
    cast(null as varchar) as phone,
    cast(null as json) as traits
where false;

create or replace temp view scoped_traits as
select *
from user_traits

-- views: scoped_actors, scoped_sessions, scoped_services, scoped_traits (temporary): those of every user
-- table: kept_traits (temporary), empty: all are read anew
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

create or replace temp table kept_traits (
    user_id varchar, email varchar, first_name varchar, last_name varchar, phone varchar, traits json
);

create or replace temp view scoped_traits as
select *
from user_traits

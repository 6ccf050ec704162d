-- views: scoped_actors, scoped_sessions, scoped_traits (temporary): those of every user;
--        kept_traits (temporary), of nobody: all are read anew
-- reads: actors, session_rows, user_traits, identity_persons
create or replace temp view scoped_actors as
select *
from actors;

create or replace temp view scoped_sessions as
select *
from session_rows;

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
select
    coalesce(p.user_id, t.user_id, t.anonymous_id) as user_id,
    t.key,
    t.value,
    t.seen_ts
from user_traits as t
left join identity_persons as p on coalesce(t.user_id, t.anonymous_id) = p.id

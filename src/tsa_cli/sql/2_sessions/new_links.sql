-- table:  new_links (temporary), the calls that link two ids and came after a place
-- reads:  raw_events, actors, excluded_actors
-- params: $after_event_seq BIGINT  calls up to this one are known
-- notes:  identity_links, its calls picked out first: DuckDB expects more of them than there are actors, and would
--         keep the texts of all actors in memory for a handful
create or replace temp table new_calls as
select
    actor_key,
    event_code,
    event_ts
from raw_events
where event_code >= 65534
    and rowid > $after_event_seq
    and actor_key not in (select actor_key from excluded_actors);

create or replace temp table new_links as
select
    a.anonymous_id,
    a.known_id as user_id,
    case c.event_code when 65534 then 'alias' else 'identify' end as source,
    c.event_ts as seen_ts
from new_calls as c
inner join actors as a on c.actor_key = a.actor_key
where a.anonymous_id is not null and a.known_id is not null;

drop table new_calls

-- table:  tied_visits (temporary), the visits that begin at one moment with another one of their user, and their order
-- reads:  feature_visits, events
-- notes:  by the id of the first event, as events at one moment are. Session ids depend on what had come when they
--         were made, so that they would give another order after one run than after many
create or replace temp table tied_visits as
with moments as (
    select
        user_key,
        start_ts
    from feature_visits
    group by user_key, start_ts
    having count(*) > 1
)
select
    v.session_id,
    coalesce(e.event_text, cast(e.event_uuid as varchar)) as first_event_id
from feature_visits as v
inner join moments as m on v.user_key = m.user_key and v.start_ts = m.start_ts
inner join events as e on v.first_event_seq = e.event_seq

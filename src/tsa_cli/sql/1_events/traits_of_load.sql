-- answers: what the accepted lines of the file say of people
-- reads:   @normalised; @accepted
select
    c_anonymous_id as anonymous_id,
    c_user_id as user_id,
    event_ts as seen_ts,
    cast(c_traits as varchar) as traits,
    cast(c_consent as varchar) as consent
from (@normalised)
where (@accepted) and (c_traits is not null or c_consent is not null)

-- relation: what the first rows of known ids say of people
-- reads:    held_rows, repeats
select h.anonymous_id, h.user_id, h.event_ts, h.traits, h.consent, h.load_id
from held_rows as h
semi join (select ordinal from repeats where is_first) as r on h.ordinal = r.ordinal
where h.traits is not null or h.consent is not null

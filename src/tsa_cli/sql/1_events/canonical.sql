-- relation: the lines of a file in canonical columns, still as text
-- reads:    @lines (one JSON document a line as `json`, or plain columns)
-- notes:    every slot is an expression that a mapping gave, see steps/ingest/canonical.py
select
    cast(@c_event_id as varchar) as c_event_id,
    cast(@c_event as varchar) as c_event,
    cast(@c_ts as varchar) as c_ts,
    cast(@c_user_id as varchar) as c_user_id,
    cast(@c_anonymous_id as varchar) as c_anonymous_id,
    cast(@c_session_id as varchar) as c_session_id,
    cast(@c_page_url as varchar) as c_page_url,
    cast(@c_referrer_url as varchar) as c_referrer_url,
    cast(@c_user_agent as varchar) as c_user_agent,
    cast(@c_ip as varchar) as c_ip,
    cast(@c_event_ts as timestamp) as c_event_ts,
    cast(@c_properties as json) as c_properties,
    cast(@c_sent_properties as json) as c_sent_properties,       -- personal ones too; null: as c_properties
    cast(@c_traits as json) as c_traits,
    cast(@c_consent as json) as c_consent,
    cast(@c_key_count as integer) as c_key_count                 -- null where nobody counts
from @lines

-- answers: every line of a file, in order, as it is to be stored: ids and properties as they are, texts to be encoded
-- reads:   @normalised
-- notes:   no join: above one the rows come in another order, and a row's place is its line. A reason costs three
--          times what telling events apart does, so it is asked of the others only
select
    cast(is_event as utinyint) as is_event,
    hash(event_uuid, event_text) as id_hash,
    case when not is_event then reason end as reason,
    event_ts,
    event_uuid,
    event_text,
    c_event as event,
    c_anonymous_id as anonymous_id,
    c_user_id as user_id,
    c_session_id as client_session_id,
    c_page_url as page_url,
    c_referrer_url as referrer_url,
    c_user_agent as user_agent,
    c_ip as ip_address,
    cast(c_properties as json) as properties,
    cast(c_sent_properties as json) as sent_properties,
    cast(c_traits as varchar) as traits,
    cast(c_consent as varchar) as consent,
    c_key_count as key_count
from (@normalised)

-- answers: how many of the load's lines the tracking plan refused
-- reads:   quarantined_events
-- params:  $load_id INTEGER
select count(*) as refused_count
from quarantined_events
where load_id = $load_id
    and reason in ('unplanned_event', 'required_missing', 'datatype_mismatch', 'additional_properties')

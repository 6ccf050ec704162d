-- answers: how many lines of each of the loads just made the tracking plan refused
-- reads:   quarantined_events
-- params:  $load_id INTEGER  the first of them
select load_id, count(*) as refused_count
from quarantined_events
where load_id >= $load_id
    and reason in ('unplanned_event', 'required_missing', 'datatype_mismatch', 'additional_properties')
group by load_id

-- reads:  sessionize_state
select
    last_event_seq,
    known_count,
    cut_count,
    trait_count,
    sorted_core_seq,
    definition
from sessionize_state

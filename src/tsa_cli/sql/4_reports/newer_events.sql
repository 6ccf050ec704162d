-- answer: what came after the last `tsa sessionize`: events and calls about people, and cuts of links
-- reads:  raw_events, identity_cuts, sessionize_state
select
    (select count(*) from raw_events where rowid > s.last_event_seq) as new_count,
    (select count(*) from identity_cuts) - s.cut_count as cut_count
from sessionize_state as s

-- table: derived_events, events that are computed from others, not sent by anyone
create or replace table derived_events (
    user_id varchar not null,                       -- the stitched user
    event_type varchar not null,                    -- the name in events.yaml
    event_ts timestamp not null,                    -- UTC: the anchor's time, or when the wait for `unless` ended
    anchor_event_id varchar not null,               -- -> fact_events
    session_id varchar                              -- of the anchor; null for server-side events
)

-- answers: of an event, whether it opens and extends no visit: what is sent by a server, or was told to be outside of one
-- reads:   t (event_flags), e (events)
-- notes:   the word is OUTSIDE of config/sources.py; a view takes no values
(t.is_server or e.client_session_id is not distinct from '(none)')

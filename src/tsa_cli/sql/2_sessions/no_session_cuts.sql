-- table: session_cuts (temporary), empty
create or replace temp table session_cuts (core_seq bigint, reason varchar, previous_session_key integer)

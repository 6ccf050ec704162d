-- table:  sessionize_state, one row
-- params: $last_event_seq, $known_count, $cut_count, $trait_count, $sorted_core_seq BIGINT, $definition VARCHAR
create or replace table sessionize_state as
select
    cast($last_event_seq as bigint) as last_event_seq,
    cast($known_count as bigint) as known_count,
    cast($cut_count as bigint) as cut_count,
    cast($trait_count as bigint) as trait_count,
    cast($sorted_core_seq as bigint) as sorted_core_seq,
    cast($definition as varchar) as definition

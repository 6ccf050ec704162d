-- answer: the events that name a page, in core order
-- reads:  core
-- params: $as_of TIMESTAMP           later events are unknown
--         $from_seq, $to_seq BIGINT  of core_seq, both included
-- notes:  core is stored in this order and a scan keeps it, which a join need not: the caller leaves out keys that
--         are a campaign and no page, and checks that core_seq rises
select
    cast(core_seq as integer) as core_seq,         -- half the bytes; 2^31 events are far away
    session_key,
    page_key as state_key
from core
where session_key is not null and page_key is not null and event_ts <= $as_of
    and core_seq between $from_seq and $to_seq

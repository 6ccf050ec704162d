-- reads:  raw_events, identity_cuts, user_traits
-- params: $last_event_seq BIGINT
-- notes:  what decides whether there is anything to do: rows are only ever added, but for a privacy rewrite
select
    (select coalesce(max(rowid), -1) from raw_events) as last_event_seq,
    (select count(*) from raw_events where rowid <= $last_event_seq) as known_count,
    (select count(*) from identity_cuts) as cut_count,
    (select count(*) from user_traits) as trait_count

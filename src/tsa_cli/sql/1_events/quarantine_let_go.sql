-- table:  quarantined_events, without some of its rows
-- params: $held_rows BIGINT[]  rowids, as read in the same transaction: others may be those of other rows by now
delete from quarantined_events
where rowid in (select unnest($held_rows))

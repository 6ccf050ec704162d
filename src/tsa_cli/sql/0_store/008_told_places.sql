-- tables: ips, with the places that sources tell of events whose address they do not keep
-- notes:  a text of the lookup is the address, or what is told as JSON; a row has one of the two
alter table ips add column told_place varchar;          -- {"country":"DE","city":"Berlin"}
alter table ips alter column ip_address drop not null;  -- null where a place is told

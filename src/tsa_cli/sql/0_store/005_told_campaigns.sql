-- tables: pages, with the campaign that an event's source tells beside the URL
-- notes:  a text of the lookup is the URL and what is told behind it; an event without a URL may have the latter alone
alter table pages add column told_campaign varchar;     -- a sign and a query; null where nothing is told
alter table pages alter column page_url drop not null;  -- null where an event has no page

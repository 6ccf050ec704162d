-- tables: the lookups, emptied to be looked up again under the same keys
-- notes:  event_types and actors stay: nothing is looked up of them
delete from user_agents;
delete from ips;
delete from sites;
delete from campaigns;
delete from pages;
delete from referrers

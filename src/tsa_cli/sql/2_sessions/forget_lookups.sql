-- tables: the lookups, emptied: a full run looks every value up again
-- notes:  event_types, actors and users_index stay: their keys are never reused
delete from user_agents;
delete from ips;
delete from sites;
delete from campaigns;
delete from pages;
delete from referrers;
delete from traffic_sources;
delete from touches

-- tables: what is looked up of campaigns and referrers, emptied: a full run looks it up again
delete from traffic_sources;
delete from touches

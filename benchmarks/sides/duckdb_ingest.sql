-- DuckDB alone loads the file: no ids looked up, no ledger, no plan, nothing enriched; what any store in it costs
-- section: ingest_jsonl
create table events (
    event_id uuid, "timestamp" timestamp, event varchar, user_id varchar, anonymous_id varchar, session_id varchar,
    page_url varchar, referrer_url varchar, user_agent varchar, ip varchar, properties varchar
);
insert into events
select event_id, "timestamp", event, user_id, anonymous_id, session_id, page_url, referrer_url, user_agent, ip, properties
from read_ndjson('$file', columns = {event_id: 'uuid', timestamp: 'timestamp', event: 'varchar', user_id: 'varchar',
    anonymous_id: 'varchar', session_id: 'varchar', page_url: 'varchar', referrer_url: 'varchar', user_agent: 'varchar',
    ip: 'varchar', properties: 'varchar'}, ignore_errors = true)
-- section: ingest_parquet
create table events (
    event_id uuid, "timestamp" timestamp, event varchar, user_id varchar, anonymous_id varchar, session_id varchar,
    page_url varchar, referrer_url varchar, user_agent varchar, ip varchar, properties varchar
);
insert into events
select event_id, "timestamp", event, user_id, anonymous_id, session_id, page_url, referrer_url, user_agent, ip, properties
from read_parquet('$file')
-- section: answer
select
    count(distinct event_id) as distinct_ids,
    min(epoch_ms("timestamp")) as first_ms,
    max(epoch_ms("timestamp")) as last_ms,
    count(distinct event_id) filter (page_url <> '') as with_page,
    count(*) as _rows
from events

-- ClickHouse loads the file into a MergeTree; $file is in the working folder, $order its sort key.
-- It looks for the end of a line by its brackets: one that has none takes the rest of the file, as far as $longest
-- section: ingest
create table events (
    event_id UUID, timestamp DateTime64(3, 'UTC'), event LowCardinality(String), user_id String,
    anonymous_id String, session_id String, page_url String, referrer_url String,
    user_agent LowCardinality(String), ip String, properties String
) engine = MergeTree order by $order;
insert into events
select event_id, timestamp, event, user_id, anonymous_id, session_id, page_url, referrer_url, user_agent, ip, properties
from file('$file', $format, 'event_id UUID, timestamp DateTime64(3, ''UTC''), event LowCardinality(String),
    user_id String, anonymous_id String, session_id String, page_url String, referrer_url String,
    user_agent LowCardinality(String), ip String, properties String')
settings input_format_skip_unknown_fields = 1, date_time_input_format = 'best_effort',
    input_format_json_read_objects_as_strings = 1, input_format_allow_errors_ratio = $errors,
    input_format_json_max_object_size = $longest, max_threads = 0
-- section: add
insert into events
select event_id, timestamp, event, user_id, anonymous_id, session_id, page_url, referrer_url, user_agent, ip, properties
from file('$file', $format, 'event_id UUID, timestamp DateTime64(3, ''UTC''), event LowCardinality(String),
    user_id String, anonymous_id String, session_id String, page_url String, referrer_url String,
    user_agent LowCardinality(String), ip String, properties String')
settings input_format_skip_unknown_fields = 1, date_time_input_format = 'best_effort',
    input_format_json_read_objects_as_strings = 1, input_format_allow_errors_ratio = $errors,
    input_format_json_max_object_size = $longest, max_threads = 0
-- section: answer
select
    uniqExact(event_id) as distinct_ids,
    toInt64(min(toUnixTimestamp64Milli(timestamp))) as first_ms,
    toInt64(max(toUnixTimestamp64Milli(timestamp))) as last_ms,
    uniqExactIf(event_id, page_url <> '') as with_page,
    (select sum(bytes_on_disk) from system.parts where active and table = 'events') as _bytes,
    count() as _rows
from events

-- table:  event_flags (temporary), what each event name counts as
-- reads:  event_types
-- params: $page_view_events, $interactive_events, $conversion_events, $server_events  VARCHAR[]  LIKE patterns of names
create or replace temp table event_flags as
select
    event_code,
    event_type,
    len(list_filter($page_view_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_page_view,
    len(list_filter($interactive_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_interactive,
    len(list_filter($conversion_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_conversion,
    len(list_filter($server_events, lambda pattern: event_type like pattern escape '\')) > 0 as is_server
from event_types

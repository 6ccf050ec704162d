-- table: exact_rows (temporary), the rows of a file that need a second look, with their ordinals:
--        those that are no events, and those whose id is known
-- reads: @normalised, known_ids
-- notes: row_number() over () follows the file's order because insertion order is preserved
create or replace temp table exact_rows as
select
    numbered.*,
    coalesce(
        event_uuid in (select event_uuid from known_ids where event_uuid is not null)
        or event_text in (select event_text from known_ids where event_text is not null),
        false
    ) as is_known
from (
    select
        row_number() over () - 1 as ordinal,
        *
    from (@normalised)
) as numbered
where reason is not null
    or coalesce(event_uuid in (select event_uuid from known_ids where event_uuid is not null), false)
    or coalesce(event_text in (select event_text from known_ids where event_text is not null), false)

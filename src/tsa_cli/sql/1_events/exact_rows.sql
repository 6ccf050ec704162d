-- table: exact_rows (temporary), the rows of a file that need a second look, with their ordinals:
--        those that are no events, and those whose id is known
-- reads: @numbered, known_ids
-- notes: the rows are numbered before anything is computed of them, so that most of the work is done
--        for the few that pass; row_number() over () follows the file because its order is preserved
create or replace temp table exact_rows as
select *
from (
    select
        *,
        coalesce(
            event_uuid in (select event_uuid from known_ids where event_uuid is not null)
            or event_text in (select event_text from known_ids where event_text is not null),
            false
        ) as is_known
    from (@numbered)
)
where is_event is not true or is_known

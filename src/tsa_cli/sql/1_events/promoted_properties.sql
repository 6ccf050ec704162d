-- answers: of each distinct document the properties that have a column of their own, as text, in order
-- reads:   distinct_documents  lent by the step
select
    promoted[1] as price,
    promoted[2] as service_category,
    promoted[3] as booking_id
from (
    select json_extract_string(document, ['/price', '/service_category', '/booking_id']) as promoted
    from distinct_documents
)

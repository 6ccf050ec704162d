-- answers: the file's first rows as JSON text
-- reads:   @documents (json)
select cast(json as varchar) as text from @documents limit 200

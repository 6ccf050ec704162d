-- relation: documents with what is asked of them, read once each
-- reads:    @documents (json)
-- slots:    @texts (VARCHAR[]), @parts (JSON[]), @matching (keys with a beginning, VARCHAR[])
-- notes:    each json_extract parses the whole document; one with a list of paths does so once
(
    select
        json,
        @texts as texts,
        @parts as parts,
        @matching as matching
    from @documents
)

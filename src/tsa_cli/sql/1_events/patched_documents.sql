-- relation: documents with parts of them rewritten
-- reads:    @documents (json); @patch (JSON merge patches of each document, none of them null)
(
    select json_merge_patch(json, @patch) as json
    from @documents
)

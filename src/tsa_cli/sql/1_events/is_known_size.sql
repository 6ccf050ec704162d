-- answers: whether a file of this many bytes was read before; else its hash cannot be known either
-- reads:   ingested_files
-- params:  $size_bytes BIGINT
select exists (select 1 from ingested_files where size_bytes = $size_bytes)

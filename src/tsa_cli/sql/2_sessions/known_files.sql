-- reads:  sessionize_files
select fingerprint from sessionize_files

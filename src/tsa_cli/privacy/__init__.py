"""Personal values as pure functions: normal forms, hashes, encryption. No files, no SQL."""

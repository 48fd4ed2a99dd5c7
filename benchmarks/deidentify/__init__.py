"""Speed and memory of ingest and de-identification, ours and of other tools, on the same files."""

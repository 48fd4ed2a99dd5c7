"""Reading and writing files: atomic, deterministic, streaming."""

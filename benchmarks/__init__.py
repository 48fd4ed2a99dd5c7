"""Programs that measure the pipeline; no part of a study runs them."""

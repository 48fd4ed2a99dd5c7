"""The params that ingest's tests start from."""

from pipeline.ingest.params import IngestParams

PARAMS = IngestParams(
    max_side=1000, max_frames=100, secondary_capture="quarantine", workers=1, batch_files=4
)

"""The params that ingest's tests start from."""

from pathlib import Path

from pipeline.ingest.params import IngestParams
from pipeline.ingest.scan import Outputs

PARAMS = IngestParams(
    max_side=1000, max_frames=100, secondary_capture="quarantine", workers=1, batch_files=4
)


def scan_outputs(folder: Path) -> Outputs:
    """Return where a scan writes, as the study names its files."""
    instances, quarantine, regions = (
        folder / f"{name}.parquet" for name in ("instances", "quarantine", "regions")
    )
    return Outputs(instances, quarantine, regions, folder / "counts.json")

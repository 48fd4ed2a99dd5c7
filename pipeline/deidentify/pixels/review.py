"""What a human should look at: instances and frames whose cleaning is uncertain."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from pipeline.deidentify.pixels.sector import Sector
from pipeline.deidentify.pixels.text import TextBox
from pipeline.io.tables import required

UNCERTAIN_TEXT, SECTOR_DETECTED = "uncertain_text", "sector_detected"

REVIEW: pa.Schema = pa.schema(
    [
        required("instance", pa.string(), "keyed digest of the file's path in the archive"),
        required("frame_index", pa.int32(), "place in the cine, from 0"),
        required(
            "reason",
            pa.string(),
            "uncertain_text: letters or echo, painted over; sector_detected: no stated region "
            "bounds what was kept",
        ),
        required(
            "score",
            pa.float64(),
            "from 0 to 1: of uncertain_text how sure the cleaner is that it is text, of "
            "sector_detected the share of the frame that was kept",
        ),
    ]
)


def review_sector(instance: str, sector: Sector) -> Iterator[dict[str, str | int | float]]:
    """Yield a row when the sector rests on the picture alone; its score is the share kept."""
    if sector.basis != "regions":
        yield {
            "instance": instance,
            "frame_index": 0,
            "reason": SECTOR_DETECTED,
            "score": round(float(sector.mask.mean()), 4),
        }


def review_text(
    instance: str, frame_index: int, boxes: Sequence[TextBox]
) -> Iterator[dict[str, str | int | float]]:
    """Yield a row when any text of a frame is uncertain, with its lowest score."""
    uncertain = [box.score for box in boxes if not box.certain]
    if uncertain:
        yield {
            "instance": instance,
            "frame_index": frame_index,
            "reason": UNCERTAIN_TEXT,
            "score": min(uncertain),
        }

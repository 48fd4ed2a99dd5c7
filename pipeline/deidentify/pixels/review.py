"""What a human should look at: instances and frames whose cleaning is uncertain."""

from collections.abc import Iterator, Sequence

from pipeline.deidentify.pixels.sector import Sector
from pipeline.deidentify.pixels.text import TextBox

UNCERTAIN_TEXT, SECTOR_DETECTED = "uncertain_text", "sector_detected"


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

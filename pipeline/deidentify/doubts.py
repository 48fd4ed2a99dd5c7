"""What a human should look at, in words: the instances in doubt, why, and in what order."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from pipeline.deidentify.pixels.review import SECTOR_DETECTED, UNCERTAIN_TEXT

# What each reason means, and what its score is, the riskier first.
REASONS = {
    SECTOR_DETECTED: (
        "no region stated in the header bounds what was kept: the picture alone told the sector "
        "from the page around it, so anything of the page may have stayed",
        "share of the image that was kept: the higher, the riskier; at 1.00 nothing was cut away",
    ),
    UNCERTAIN_TEXT: (
        "letters or echo, painted over in either case; where the judge of letters was unsure, "
        "there may be others that it missed",
        "how sure the judge was of the least certain line: the lower, the more doubtful",
    ),
}
# The numbers of audit.json: what each counts.
AUDIT = {
    "sources": "files of the archive, and members of its zip and tar files",
    "sources_not_harvested": "of these, no DICOM that can be read; of them the path and the "
    "printable text at the beginning were searched for",
    "searched_spellings": "spellings of identifying values that were searched for as words",
    "searched_byte_patterns": "byte patterns of the same",
    "files_searched": "files searched: all that were written, and logs",
    "bytes_searched": "bytes in them, without the logs",
    "tables_searched": "tables among them",
    "logs_searched": "logs among them",
    "frames_checked": "frames compared with what the table states",
    "objects_checked": "exported DICOM objects checked",
    "patients_compared": "patients compared with their pseudonyms",
    "images_read_for_text": "images read by the second reader of text",
    "share_of_instances_read": "share of the instances that these images are of",
    "grey_levels_like_text": "byte patterns of damaged or unknown values, short numbers, and in "
    "large archives short names, that lie in the pixels of exported DICOM objects and nowhere "
    "else: grey levels that look like text, for which the study does not stop (docs/privacy.md)",
    "to_review": "of the images read, those with letters that are no identifying value; listed "
    "under Open items, beside what the cleaner itself was unsure of",
}
Row = dict[str, Any]


class Reason(NamedTuple):
    """One reason of doubt: rows of the review table, instances, and what it and its score mean."""

    name: str
    rows: int
    instances: int
    meaning: str
    score: str


def audit_counts(audit: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """Return (name, number, meaning) of each number of audit.json but the findings."""
    return [(name.replace("_", " "), audit[name], AUDIT[name]) for name in AUDIT]


def checks_made(audit: Mapping[str, Any]) -> list[str]:
    """Return what the audit did, the search for values first: others refer to it."""
    checks = audit["checks"]
    return [checks[name] for name in sorted(checks, key=lambda name: (name != "values", name))]


def risk(row: Row) -> tuple[bool, float]:
    """Return what sorts rows of REVIEW, the riskiest first.

    What rests on the picture alone is before text, which was painted over; of the first the larger
    share kept, of the second the lower score.
    """
    is_painted = row["reason"] != SECTOR_DETECTED
    return is_painted, row["score"] if is_painted else -row["score"]


class Doubts:
    """Counts the rows of REVIEW, which come by instance, and keeps the `limit` riskiest."""

    def __init__(self, rows: Iterable[Row], limit: int) -> None:
        self._rows, self._instances = Counter[str](), Counter[str]()
        self.instances = 0
        riskiest = nsmallest(limit, self._counted(rows))
        # The frame to show of each doubtful instance, the riskiest first.
        self.open = {instance: frame for _, instance, frame in riskiest}

    def _counted(self, rows: Iterable[Row]) -> Iterator[tuple[tuple[bool, float], str, int]]:
        """Yield each instance's risk, its name, and the frame to show."""
        for instance, group in groupby(rows, itemgetter("instance")):
            doubts = list(group)
            reasons = Counter(row["reason"] for row in doubts)
            self._rows.update(reasons)
            self._instances.update(reasons.keys())
            self.instances += 1
            # The sector is the same in all frames: the one whose text is in doubt shows both.
            texts = [row for row in doubts if row["reason"] == UNCERTAIN_TEXT]
            shown = min(texts or doubts, key=itemgetter("score", "frame_index"))
            yield min(map(risk, doubts)), instance, int(shown["frame_index"])

    def reasons(self) -> list[Reason]:
        """Return each reason with its numbers."""
        return [
            Reason(name, self._rows[name], self._instances[name], meaning, score)
            for name, (meaning, score) in REASONS.items()
        ]


def captions_of_doubt(rows: Iterable[Row], wanted: Container[str]) -> dict[str, str]:
    """Return, for each wanted instance in doubt, its reasons with what their scores say."""
    kept = [row for row in rows if row["instance"] in wanted]
    kept.sort(key=lambda row: (row["instance"], risk(row), row["frame_index"]))
    told: dict[str, list[str]] = {}
    for (instance, reason), group in groupby(kept, itemgetter("instance", "reason")):
        worst, *others = group
        share = f"{worst['score']:.0%} of the image was kept"
        text = f"score {worst['score']:.2f} in frame {worst['frame_index']}" + (
            f", no lower in {len(others)} more" if others else ""
        )
        told.setdefault(instance, []).append(
            f"{reason} ({share if reason == SECTOR_DETECTED else text})"
        )
    return {instance: "to review: " + ", ".join(texts) for instance, texts in told.items()}

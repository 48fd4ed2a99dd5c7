"""What a human should look at, in words: the instances in doubt, why, and in what order."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from pipeline.deidentify.pixels.review import SECTOR_DETECTED, UNCERTAIN_TEXT

# What each reason means, and what its score is; both scores are low where the doubt is large.
REASONS = {
    SECTOR_DETECTED: (
        "no region stated in the header bounds what was kept",
        "share of the image that was kept",
    ),
    UNCERTAIN_TEXT: (
        "letters or echo, painted over",
        "how sure the judge of letters was of the least certain line",
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
    "images_read_for_text": "images read by the second reader of text: a sample",
    "share_of_instances_read": "share of the instances that this sample is of",
    "to_review": "of the images read, those with letters that are no identifying value; listed "
    "under Open items, beside what the cleaner itself was unsure of",
}


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


def reasons_of_doubt(review: pd.DataFrame) -> list[Reason]:
    """Return each reason with its numbers; `review` holds the rows of REVIEW."""
    found = []
    for name, (meaning, score) in REASONS.items():
        rows = review[review.reason == name]
        found.append(Reason(name, len(rows), rows.instance.nunique(), meaning, score))
    return found


def captions_of_doubt(review: pd.DataFrame) -> dict[str, str]:
    """Return, for each instance in doubt, its reasons with frame and score."""
    rows: Iterator[Any] = review.sort_values(["score", "frame_index"]).itertuples()
    told: dict[str, list[str]] = {}
    for row in rows:
        text = f"{row.reason} (frame {row.frame_index}, score {row.score:.2f})"
        told.setdefault(row.instance, []).append(text)
    return {instance: "to review: " + ", ".join(texts) for instance, texts in told.items()}


def open_items(review: pd.DataFrame, limit: int) -> dict[str, int]:
    """Return the frame to show of each doubtful instance, the most doubtful first."""
    ordered = review.sort_values(["score", "instance", "frame_index"])
    first = ordered.drop_duplicates("instance").head(limit)
    return dict(zip(first.instance, first.frame_index.astype(int), strict=True))

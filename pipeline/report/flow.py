"""Where the data came from, in counts and sentences."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.report.leakage import Links, leakage_sentence, links_found
from pipeline.report.words import counted, readable
from pipeline.tasks.defects import MEANINGS

SPLIT_TITLES = {"train": "training", "val": "validation", "test": "test"}


@dataclass(frozen=True)
class Count:
    """How often something happened; `note` explains the name where it needs it."""

    name: str
    count: int
    note: str = ""


@dataclass(frozen=True)
class Flow:
    """From files in the archive to frames in the shards.

    `steps` are (count, what is counted) in order; `tables` are (title, counts).
    """

    steps: list[tuple[int, str]]
    tables: list[tuple[str, list[Count]]]
    audit: str
    rows: str
    leakage: str
    links: list[Links]


def _counts(values: Mapping[str, int]) -> list[Count]:
    return [Count(readable(name), values[name]) for name in values]


def _explained(reasons: Mapping[str, int]) -> list[Count]:
    return [
        Count(readable(reason), reasons[reason], meaning)
        for reason, meaning in MEANINGS.items()
        if reason in reasons
    ]


def _by_split(values: Mapping[str, int]) -> list[Count]:
    return [Count(title, values[name]) for name, title in SPLIT_TITLES.items()]


def quarantine_counts(quarantine: pd.DataFrame) -> list[Count]:
    """Return how many files were set aside for each reason; `quarantine` is that of ingest."""
    # What follows a colon is of one file only.
    found = Counter(
        (str(row["reason"]), str(row["detail"]).partition(":")[0])
        for row in quarantine.to_dict("records")
    )
    return [Count(readable(reason), found[reason, note], note) for reason, note in sorted(found)]


def audit_sentence(audit: Mapping[str, Any]) -> str:
    """Say what the de-identification audit found."""
    return (
        "A second program, apart from the one that removed identities, read the archive again, "
        f"gathered what could name a patient ({audit['searched_spellings']:,} spellings) and "
        f"searched the {audit['tables_searched']} tables, all headers and all names for it. It "
        f"also looked at {audit['frames_checked']:,} frames for anything left outside the "
        f"insonated area. Findings: {audit['findings']}."
    )


def rows_sentence(counts: Mapping[str, Any]) -> str:
    """Say what became of every row of the labelled data."""
    held_out = (
        f" {counts['held_out']:,} of them may serve for testing only, as their data set wants it."
        if counts["held_out"]
        else ""
    )
    refusals = counts["exclude_file"]
    unmatched = len(refusals["unmatched_lines"])
    ignored = (
        f" Of the {refusals['lines']:,} lines of tasks.exclude_file {unmatched:,} fit no image, or "
        "more than one, and refuse nothing."
        if unmatched
        else ""
    )
    return (
        f"The labelled data lists {counted(counts['rows'], 'row')} in "
        f"{counted(len(counts['files']), 'file')} for {counted(len(counts['tasks']), 'task')}: "
        f"{counts['used']:,} are used and {counts['quarantined']:,} were set aside, each with its "
        f"reason.{held_out}{ignored}"
    )


def build_flow(
    counts: Mapping[str, Any],
    quarantine: pd.DataFrame,
    audit: Mapping[str, Any],
    flow: Mapping[str, Any],
    leakage: Mapping[str, Any],
    task_counts: Mapping[str, Any],
) -> Flow:
    """Gather the story of the data from the records of its phases."""
    return Flow(
        steps=[
            (counts["discovered"], "files in the archive"),
            (counts["accepted"], "ultrasound objects"),
            (flow["frames"], "de-identified frames"),
            (sum(flow["kept"].values()), "frames in the shards"),
            (flow["kept"]["train"], "frames for pretraining"),
        ],
        tables=[
            ("Files set aside, by reason", quarantine_counts(quarantine)),
            ("Frames left out, by reason", _counts(flow["dropped"])),
            ("Frames kept, by split", _by_split(flow["kept"])),
            ("Patients, by split", _by_split(flow["patients"])),
            ("Labelled rows set aside, by reason", _explained(task_counts["reasons"])),
        ],
        audit=audit_sentence(audit),
        rows=rows_sentence(task_counts),
        leakage=leakage_sentence(leakage),
        links=links_found(leakage),
    )

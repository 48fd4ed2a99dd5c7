"""The page that a privacy officer reads: what was done, what was found, and pictures to judge by.

    make deid-report OUT=FILE     everything, with random and with the worst cases
    make review OUT=FILE          the instances that a human should look at

The page shows images as they were, so for a real archive it is written outside the repository
only, where its owner says, and for him alone.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.deidentify.profile import EDITION, table_sha256
from pipeline.deidentify.review import REVIEW
from pipeline.deidentify.tables import FRAMES, LEDGER, REJECTED
from pipeline.deidentify.thumbnails import after, before, thumbnail
from pipeline.errors import StudyError
from pipeline.io.atomic import write_text
from pipeline.io.keys import REPOSITORY, key_id, load_key
from pipeline.io.pages import render_template
from pipeline.io.seeds import generator
from pipeline.io.tables import read_table
from pipeline.params import Params, load_params

PAGE = "evidence.html"
DEIDENTIFY, INGEST = Path("data/deidentify"), Path("data/ingest")
PICTURES = 12  # of each kind
REVIEWED = 200  # on the page of open items
Row = dict[str, Any]


def place_for(out: str, simulated: bool) -> Path:
    """Return where the page is written.

    Raises StudyError for a page about real patients that would lie in the repository.
    """
    if not out and simulated:
        return DEIDENTIFY / "evidence.html"
    path = Path(out).expanduser().resolve()
    if not out or (not simulated and path.is_relative_to(REPOSITORY)):
        raise StudyError(
            "OUT: this page shows images before de-identification; name a file outside the "
            "repository: make deid-report OUT=/safe/folder/page.html"
        )
    return path


def fates(counts: Row, rejected: pd.DataFrame, frames: pd.DataFrame) -> list[tuple[str, int]]:
    """Return every fate of a file with its number."""
    rows = [("files found", counts["discovered"])]
    rows += [(f"not taken: {reason}", number) for reason, number in counts["reasons"].items()]
    reasons = Counter(rejected.reason)
    rows += [(f"refused while cleaning: {name}", reasons[name]) for name in sorted(reasons)]
    return [
        *rows,
        ("de-identified", frames.instance.nunique()),
        ("frames in them", len(frames)),
        ("patients in them", frames.patient.nunique()),
    ]


def action_counts(ledger: pd.DataFrame) -> list[Row]:
    """Return attribute, tag, action and number of times, the most frequent first."""
    total: Counter[str] = Counter()
    for actions in ledger.actions:
        total.update(json.loads(actions))
    names = attribute_names()
    ordered = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    split = [(*name.partition(":")[::2], times) for name, times in ordered]
    return [
        {"name": names.get(tag, ""), "tag": tag, "action": action, "times": times}
        for tag, action, times in split
    ]


def _captions(ledger: pd.DataFrame) -> dict[str, str]:
    return {
        row.instance: f"{row.instance}: sector {row.sector_basis}, {row.blanked_share:.0%} blanked, "
        f"{row.text_boxes} places of text painted over"
        for row in ledger.itertuples()
    }


def _pairs(params: Params, key: bytes, frames: dict[str, int], captions: dict[str, str]) -> list[Row]:
    raw = Path("data/raw" if params.cohort.source == "simulate" else params.cohort.path)
    parts = sorted(DEIDENTIFY.glob("frames/part-*.tar"))
    old = {name: thumbnail(image) for name, image in before(raw, key, frames)}
    new = {name: thumbnail(image) for name, image in after(parts, frames)}
    return [
        {"before": old[name], "after": new[name], "caption": captions[name]}
        for name in frames
        if name in old and name in new
    ]


def chosen(ledger: pd.DataFrame, seed: int) -> dict[str, dict[str, int]]:
    """Return the instances to show: drawn at random, and those that lost or hid most."""
    drawn = generator(seed, "evidence").permutation(len(ledger))[:PICTURES]
    worst = ledger.sort_values(
        ["text_boxes", "blanked_share", "instance"], ascending=[False, False, True]
    ).head(PICTURES)
    return {
        "Drawn at random: before and after": dict.fromkeys(ledger.instance.iloc[sorted(drawn)], 0),
        "The worst cases: most text, most blanked": dict.fromkeys(worst.instance, 0),
    }


def open_items(review: pd.DataFrame) -> dict[str, int]:
    """Return the frame to show of each instance that a human should look at."""
    ordered = review.sort_values(["score", "instance", "frame_index"], ascending=[False, True, True])
    first = ordered.drop_duplicates("instance").head(REVIEWED)
    return dict(zip(first.instance, first.frame_index.astype(int), strict=True))

"""The page that a privacy officer reads: what was done, what was found, and pictures to judge by.

    make deid-report OUT=FILE     everything, with random and with the worst cases
    make review OUT=FILE          the instances that a human should look at

The page shows images as they were, so for a real archive it is written outside the repository
only, where its owner says, and for him alone.
"""

import argparse
import json
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.deidentify.doubts import (
    audit_counts,
    captions_of_doubt,
    checks_made,
    open_items,
    reasons_of_doubt,
)
from pipeline.deidentify.pixels.review import REVIEW
from pipeline.deidentify.profile.conformance import conformance_statement
from pipeline.deidentify.profile.table import TABLE
from pipeline.deidentify.tables import FRAMES, LEDGER, METHOD, REJECTED
from pipeline.deidentify.thumbnails import before_and_after
from pipeline.errors import StudyError
from pipeline.ingest.tables import INSTANCES
from pipeline.io.atomic import write_text
from pipeline.io.hashing import sha256_file
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
    """Return attribute, action and number of times, the most frequent first."""
    total: Counter[str] = Counter()
    for actions in ledger.actions:
        total.update(json.loads(actions))
    ordered = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    split = [(name.partition(":"), times) for name, times in ordered]
    return [{"name": name, "action": action, "times": n} for (name, _, action), n in split]


def _captions(ledger: pd.DataFrame, review: pd.DataFrame) -> dict[str, str]:
    doubts = captions_of_doubt(review)
    rows: Iterator[Any] = ledger.itertuples()
    return {
        row.instance: f"{row.instance}: sector {row.sector_basis}, {row.blanked_share:.0%} made "
        f"black, {row.text_boxes} lines of text painted over"
        + (f"; {doubts[row.instance]}" if row.instance in doubts else "")
        for row in rows
    }


def chosen(ledger: pd.DataFrame, seed: int) -> dict[str, dict[str, int]]:
    """Return the frame to show of instances drawn at random, and of those that lost most."""
    drawn = generator(seed, "evidence").permutation(len(ledger))[:PICTURES]
    worst = ledger.sort_values(
        ["text_boxes", "blanked_share", "instance"], ascending=[False, False, True]
    )
    return {
        "Drawn at random: before and after": dict.fromkeys(ledger.instance.iloc[sorted(drawn)], 0),
        "The worst cases: most text, most blanked": dict.fromkeys(worst.instance.head(PICTURES), 0),
    }


class Evidence:
    """What a study's folder holds of its de-identification."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.simulated = params.cohort.source == "simulate"
        self.key = load_key(params.deidentify.key_file, self.simulated)
        self.counts: Row = json.loads((INGEST / "counts.json").read_text())
        self.frames = read_table(DEIDENTIFY / "frames.parquet", FRAMES)
        self.rejected = read_table(DEIDENTIFY / "rejected.parquet", REJECTED)
        ledger = read_table(DEIDENTIFY / "ledger.parquet", LEDGER)
        self.ledger = ledger[ledger.reason == ""]
        self.review = read_table(DEIDENTIFY / "review.parquet", REVIEW)

    def page(self, pictures: dict[str, dict[str, int]]) -> str:
        """Return the page with the given frames, by the title under which they are shown."""
        wanted = {name: index for group in pictures.values() for name, index in group.items()}
        made = self._pictures(wanted)
        shown = [
            (title, [made[name] for name in group if name in made])
            for title, group in pictures.items()
        ]
        file = DEIDENTIFY / "audit.json"
        audit = json.loads(file.read_text()) if file.is_file() else None
        options = self.params.deidentify.profile
        return render_template(
            Path(__file__).parent,
            PAGE,
            {
                "study": self.params.study.name,
                "simulated": self.simulated,
                "edition": METHOD,
                "table_sha256": sha256_file(TABLE),
                "key_id": key_id(self.key),
                "audit": audit,
                "audit_counts": audit_counts(audit) if audit else [],
                "checks": checks_made(audit) if audit else [],
                "fates": fates(self.counts, self.rejected, self.frames),
                "options": options.model_dump(),
                "actions": action_counts(self.ledger),
                "pictures": shown,
                "open": self.review.instance.nunique(),
                "reasons": reasons_of_doubt(self.review),
                "statement": conformance_statement(options, pixels_cleaned=True),
            },
        )

    def _pictures(self, wanted: dict[str, int]) -> dict[str, Row]:
        raw = Path("data/raw" if self.simulated else self.params.cohort.path)
        instances = read_table(INGEST / "instances.parquet", INSTANCES)
        found: Iterator[Any] = instances.itertuples()
        rows = {row.instance: row for row in found}
        captions = _captions(self.ledger, self.review)
        made = before_and_after(raw, self.key, self.params.deidentify, wanted, rows)
        return {
            name: {"before": old, "after": new, "caption": captions[name]}
            for name, old, new in made
        }


def main() -> None:
    """Write the page where the command line says."""
    parser = argparse.ArgumentParser(prog="make deid-report", description=__doc__)
    parser.add_argument("--out", default="", help="file to write; needed for a real archive")
    parser.add_argument("--review", action="store_true", help="only what a human should look at")
    arguments = parser.parse_args()
    try:
        params = load_params(Path("params.yaml"))
        path = place_for(arguments.out, params.cohort.source == "simulate")
        if not (DEIDENTIFY / "review.parquet").is_file():
            raise StudyError(f"{DEIDENTIFY} is not complete: run `make study` first")
        evidence = Evidence(params)
        doubtful = open_items(evidence.review, REVIEWED)
        title = f"For a human to look at: {len(doubtful)} of {evidence.review.instance.nunique()}"
        chosen_few = chosen(evidence.ledger, params.study.seed)
        pictures = {title: doubtful} if arguments.review else chosen_few
        write_text(path, evidence.page(pictures))
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except StudyError as error:
        raise SystemExit(f"deid-report: {error}") from None
    print(f"written: {path}")


if __name__ == "__main__":
    main()

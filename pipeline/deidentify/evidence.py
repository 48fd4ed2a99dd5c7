"""The page that a privacy officer reads: what was done, what was found, and pictures to judge by.

    make deid-report OUT=FILE     everything, with random and with the worst cases
    make review OUT=FILE          the instances that a human should look at

The page shows images as they were, so for a real archive it is written outside the repository
only, where its owner says, and for him alone.
"""

import argparse
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.deidentify.cases import Cases
from pipeline.deidentify.doubts import Doubts, audit_counts, captions_of_doubt, checks_made
from pipeline.deidentify.pixels.review import REVIEW
from pipeline.deidentify.profile.conformance import conformance_statement
from pipeline.deidentify.profile.table import TABLE
from pipeline.deidentify.tables import LEDGER, METHOD
from pipeline.deidentify.thumbnails import before_and_after
from pipeline.errors import StudyError
from pipeline.ingest.tables import INSTANCES
from pipeline.io.atomic import write_text
from pipeline.io.hashing import sha256_file
from pipeline.io.keys import REPOSITORY, key_id, load_key
from pipeline.io.pages import render_template
from pipeline.io.tables import read_arrow, read_rows
from pipeline.params import Params, load_params

PAGE = "evidence.html"
DEIDENTIFY, INGEST = Path("data/deidentify"), Path("data/ingest")
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


def fates(counts: Row, cases: Cases) -> list[tuple[str, int]]:
    """Return every fate of a file with its number."""
    rows = [("files found", counts["discovered"])]
    rows += [(f"not taken: {reason}", number) for reason, number in counts["reasons"].items()]
    rows += [(f"refused while cleaning: {name}", n) for name, n in sorted(cases.reasons.items())]
    return [
        *rows,
        ("de-identified", cases.instances),
        ("frames in them", cases.frames),
        ("patients in them", cases.patients),
    ]


class Evidence:
    """What a study's folder holds of its de-identification."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.simulated = params.cohort.source == "simulate"
        self.key = load_key(params.deidentify.key_file, self.simulated)
        self.counts: Row = json.loads((INGEST / "counts.json").read_text())
        self.cases = Cases(lambda: read_rows(DEIDENTIFY / "ledger.parquet", LEDGER))

    def review(self) -> Iterator[Row]:
        """Yield the rows of what is in doubt."""
        return read_rows(DEIDENTIFY / "review.parquet", REVIEW)

    def doubts(self) -> Doubts:
        """Return what a human should look at."""
        return Doubts(self.review(), REVIEWED)

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
        options, doubts = self.params.deidentify.profile, self.doubts()
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
                "fates": fates(self.counts, self.cases),
                "options": options.model_dump(),
                "actions": self.cases.actions(),
                "pictures": shown,
                "open": doubts.instances,
                "reasons": doubts.reasons(),
                "statement": conformance_statement(options, pixels_cleaned=True),
            },
        )

    def _pictures(self, wanted: dict[str, int]) -> dict[str, Row]:
        raw = Path("data/raw" if self.simulated else self.params.cohort.path)
        is_wanted = pc.field("instance").isin(pa.array(list(wanted), pa.string()))
        instances = read_arrow(INGEST / "instances.parquet", INSTANCES, is_wanted)
        found: Iterator[Any] = instances.to_pandas().itertuples()
        rows = {row.instance: row for row in found}
        captions = self.cases.captions(wanted, captions_of_doubt(self.review(), wanted))
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
        doubts = evidence.doubts()
        title = f"For a human to look at: {len(doubts.open)} of {doubts.instances}"
        chosen = evidence.cases.chosen(params.study.seed)
        pictures = {title: doubts.open} if arguments.review else chosen
        write_text(path, evidence.page(pictures))
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except StudyError as error:
        raise SystemExit(f"deid-report: {error}") from None
    print(f"written: {path}")


if __name__ == "__main__":
    main()

"""The page that a privacy officer reads: what was done, what was found, and pictures to judge by.

    make deid-report OUT=FILE     everything, with random and with the worst cases
    make review OUT=FILE          the instances that a human should look at

The page shows images as they were, so for a real archive it is written outside the repository
only, where its owner says, and for him alone.
"""

import argparse
import json
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.deidentify.audit_state import audit_state
from pipeline.deidentify.cases import LISTED, Cases, Figure
from pipeline.deidentify.doubts import Doubts, audit_counts, captions_of_doubt, checks_made
from pipeline.deidentify.fates import copies, fates
from pipeline.deidentify.profile.conformance import conformance_statement
from pipeline.deidentify.profile.table import TABLE
from pipeline.deidentify.reasons import REJECTIONS
from pipeline.deidentify.refusal import exclude_lines
from pipeline.deidentify.tables import LEDGER, METHOD, REVIEW
from pipeline.deidentify.text_left import AttributeText, text_left
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
AUDIT_LOG = Path("logs/deidentify/audit.log")
REPORT_PAGE, REVIEW_PAGE = "report", "what a human should look at"
REVIEWED = 200  # on the page of open items
Row = dict[str, Any]


def place_for(out: str, archive: Path | None) -> Path:
    """Return where the page is written; there is no `archive` in a simulated study.

    Raises StudyError for a page about real patients that would lie in the repository or in their
    archive, or in a folder that does not exist.
    """
    if not out and archive is None:
        return DEIDENTIFY / "evidence.html"
    path = Path(out).expanduser().resolve()
    kept = [] if archive is None else [REPOSITORY, archive.resolve()]
    if not out or any(path.is_relative_to(folder) for folder in kept):
        raise StudyError(
            "OUT: this page shows images before de-identification; name a file outside the "
            "repository and the archive: OUT=/safe/folder/page.html"
        )
    if not path.parent.is_dir():
        raise StudyError("OUT: there is no such folder; make it, so that the page has a safe place")
    return path


class Evidence:
    """What a study's folder holds of its de-identification."""

    def __init__(self, params: Params, progress: Callable[[str], None]) -> None:
        self.params, self._progress = params, progress
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

    def page(self, pictures: dict[str, dict[str, int]], subject: str = REPORT_PAGE) -> str:
        """Return the page with the given frames, by the title under which they are shown."""
        wanted = {name: index for group in pictures.values() for name, index in group.items()}
        told = captions_of_doubt(self.review(), wanted)
        shown = {title: self.cases.figures(group, told) for title, group in pictures.items()}
        ledger = DEIDENTIFY / "ledger.parquet"
        state = audit_state(ledger, self.cases.head, DEIDENTIFY / "audit.json", AUDIT_LOG)
        deidentify, doubts = self.params.deidentify, self.doubts()
        return render_template(
            Path(__file__).parent,
            PAGE,
            {
                "study": self.params.study.name,
                "subject": subject,
                "pictures_first": subject == REVIEW_PAGE,
                "simulated": self.simulated,
                "edition": METHOD,
                "table_sha256": sha256_file(TABLE),
                "key_id": key_id(self.key),
                "state": state,
                "sampled": deidentify.audit,
                "audit_counts": audit_counts(state.report) if state.report else [],
                "checks": checks_made(state.report) if state.report else [],
                "head": self.cases.head,
                "fates": fates(self.counts, self.cases),
                "refused": self.cases.refused(),
                "rejections": REJECTIONS,
                "copies": copies(INGEST / "quarantine.parquet"),
                "listed": LISTED,
                "options": deidentify.profile.model_dump(),
                "actions": self.cases.actions(),
                "text": self.text(),
                "figures": shown,
                "pictures": self._pictures(figure for group in shown.values() for figure in group),
                "open": doubts.instances,
                "reasons": doubts.reasons(),
                "exclude": exclude_lines(deidentify.exclude, wanted),
                "statement": conformance_statement(deidentify.profile, pixels_cleaned=True),
            },
        )

    def text(self) -> list[AttributeText]:
        """Return the words of text that the exported objects hold.

        Raises StudyError when they are not there, as after a change of params alone.
        """
        chosen = self.params.deidentify
        parts = range(chosen.partitions if chosen.export_dicom else 0)
        tars = [DEIDENTIFY / "dicom" / f"part-{part:04d}.tar" for part in parts]
        if missing := [path for path in tars if not path.is_file()]:
            raise StudyError(f"{missing[0]} is not there: run `make study` first")
        return text_left(tars, chosen.audit.workers, self._progress)

    def _pictures(self, figures: Iterable[Figure]) -> dict[str, tuple[str, str]]:
        """Return pictures before and after by instance, of files that are where they were."""
        wanted = {figure.instance: figure.frame for figure in figures}
        raw = Path("data/raw" if self.simulated else self.params.cohort.path)
        is_wanted = pc.field("instance").isin(pa.array(list(wanted), pa.string()))
        instances = read_arrow(INGEST / "instances.parquet", INSTANCES, is_wanted)
        found: Iterator[Any] = instances.to_pandas().itertuples()
        rows = {row.instance: row for row in found}
        made = before_and_after(raw, self.key, self.params.deidentify, wanted, rows)
        return {name: (before, after) for name, before, after in made}


def main() -> None:
    """Write the page where the command line says."""
    parser = argparse.ArgumentParser(prog="make deid-report", description=__doc__)
    parser.add_argument("--out", default="", help="file to write; needed for a real archive")
    parser.add_argument("--review", action="store_true", help="only what a human should look at")
    arguments = parser.parse_args()
    target = "review" if arguments.review else "deid-report"
    try:
        params = load_params(Path("params.yaml"))
        simulated = params.cohort.source == "simulate"
        path = place_for(arguments.out, None if simulated else Path(params.cohort.path))
        if not (DEIDENTIFY / "review.parquet").is_file():
            raise StudyError(f"{DEIDENTIFY} is not complete: run `make study` first")
        evidence = Evidence(params, partial(print, file=sys.stderr, flush=True))
        doubts = evidence.doubts()
        if arguments.review:
            title = f"In doubt, the riskiest first: {len(doubts.open)} of {doubts.instances}"
            page = evidence.page({title: doubts.open}, REVIEW_PAGE)
        else:
            page = evidence.page(evidence.cases.chosen(params.study.seed))
        write_text(path, page)
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except StudyError as error:
        raise SystemExit(f"{target}: {error}") from None
    print(f"written: {path}")


if __name__ == "__main__":
    main()

import re
from pathlib import Path

import pipeline
from pipeline.deidentify.export.streams.fault import REASON
from pipeline.deidentify.reasons import REJECTIONS
from pipeline.ingest.tables import REASONS

RAISED = re.compile(r'(?:UnusableError|SourceError|Refused)\(\s*"([a-z_]+)"')


def raised_in(*folders: str) -> set[str]:
    root = Path(str(pipeline.__file__)).parent
    files = [path for folder in folders for path in (root / folder).rglob("*.py")]
    return {code for path in files for code in RAISED.findall(path.read_text())}


def test_every_reason_has_words() -> None:
    assert raised_in("ingest", "io") <= set(REASONS)
    cleaners = raised_in("deidentify") | {REASON}
    assert "no_sector" in cleaners
    assert cleaners <= set(REJECTIONS)
    # What pixels lack is called the same by both.
    assert all(REJECTIONS[code] == REASONS[code] for code in raised_in("io") & set(REJECTIONS))

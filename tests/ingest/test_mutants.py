import io
from pathlib import Path

import pytest

from pipeline.ingest.columns import instance_columns
from pipeline.ingest.fate import Accepted, examine
from pipeline.ingest.rows import file_row
from pipeline.ingest.tables import FILES, REASONS
from pipeline.io.sources import walk_sources
from pipeline.io.tables import write_table
from tests.ingest.mutants import mutants
from tests.ingest.settings import PARAMS

KEY = bytes(range(32))


def test_no_mutant_of_a_real_object_lets_an_exception_out() -> None:
    accepted = 0
    for content in mutants(6000):
        result = examine(io.BytesIO(content), PARAMS)
        if isinstance(result, Accepted):
            accepted += 1
            instance_columns(KEY, result, 2)
        else:
            assert result.reason in REASONS
    # Some damage is harmless: a bit of a pixel, of a name, of a padding.
    assert 600 < accepted < 4800


@pytest.mark.parametrize("seed", range(3))
def test_no_mutant_stops_a_scan(tmp_path: Path, seed: int) -> None:
    (tmp_path / "raw").mkdir()
    for number, content in enumerate(mutants(60, seed=seed + 1)):
        (tmp_path / "raw" / str(number)).write_bytes(content)
    rows = [file_row(source, PARAMS, KEY, 2) for source in walk_sources(tmp_path / "raw")]
    write_table(rows, FILES, tmp_path / "rows")
    assert len(rows) >= 60

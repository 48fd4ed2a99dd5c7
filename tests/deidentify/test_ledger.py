"""The ledger: one row for each instance, cleaned or rejected; the audit holds it to the tables."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import pyarrow.parquet as pq
import pytest
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from pipeline.deidentify.audit.chains import WRITTEN
from pipeline.deidentify.chain import chained
from pipeline.deidentify.tables import LEDGER, LEDGER_ROWS, REJECTED, TOOL_VERSION
from pipeline.errors import StudyError
from pipeline.io.keys import REPOSITORY, key_id
from pipeline.io.tables import write_table
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY
from tests.dicom_files import screens, us_object, write_archive, write_object

Rows = list[dict[str, Any]]
SCHEMAS = {"ledger": LEDGER, "rejected": REJECTED}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Return a study of six cleaned instances and a rejected one."""
    write_archive(tmp_path / "raw")
    write_object(tmp_path / "raw/dark.dcm", us_object(0 * screens(2), uid="1.2.3.4.98"))
    return chain.run(tmp_path / "raw", tmp_path / "out")


def rows_of(study: Study, name: str) -> Rows:
    rows: Rows = pq.read_table(study.out / f"{name}.parquet").to_pylist()
    return rows


def rewrite(study: Study, name: str, change: Callable[[Rows], object]) -> None:
    """Change rows and chain them again, as only who has the key can."""
    path = study.out / f"{name}.parquet"
    rows = pq.read_table(path).drop_columns("chain").to_pylist()
    change(rows)
    write_table(list(chained(rows, name, KEY)), SCHEMAS[name], path)


def findings(study: Study) -> dict[str, int]:
    with pytest.raises(StudyError, match="audit found") as caught:
        study.audit()
    told = str(caught.value)
    found: dict[str, int] = json.loads(told[told.index("{") : told.index("}") + 1])
    return found


def test_the_ledger_has_one_row_for_each_instance(study: Study) -> None:
    instances, ledger = rows_of(study, "instances"), rows_of(study, "ledger")
    named = ("instance", "patient", "study")
    assert [[row[name] for name in named] for row in ledger] == sorted(
        [row[name] for name in named] for row in instances
    )
    assert {row["key_id"] for row in ledger} == {key_id(KEY)}
    assert study.audit()["findings"] == 0


def test_a_rejected_instance_has_its_reason_and_nothing_of_what_is_written(study: Study) -> None:
    (refused,) = rows_of(study, "rejected")
    (row,) = [row for row in rows_of(study, "ledger") if row["reason"]]
    for name in ("instance", "reason", "detail"):
        assert row[name] == refused[name]
    assert row["reason"] == "no_sector"
    assert not any(row[name] for name in WRITTEN)
    cleaned = [row for row in rows_of(study, "ledger") if not row["reason"]]
    assert all(row[name] is not None for row in cleaned for name in LEDGER_ROWS.names)
    assert all(row["frames"] for row in cleaned)


def test_every_row_names_the_programs_version_as_the_project_does(study: Study) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert {row["tool_version"] for row in rows_of(study, "ledger")} == {TOOL_VERSION}
    assert project["project"]["version"] == TOOL_VERSION


def test_an_examination_on_the_day_of_a_decoders_version_stops_no_study(tmp_path: Path) -> None:
    year, month, day = imagecodecs.__version__.split(".")[:3]
    date = f"{year}{int(month):02d}{int(day):02d}"
    for number, syntax in enumerate((RLELossless, ExplicitVRLittleEndian)):
        header = us_object(screens(1, number), uid=f"1.2.3.4.{number}", StudyDate=date)
        write_object(tmp_path / f"raw/{number}.dcm", header, syntax)
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    versions = {row["decoder_version"] for row in rows_of(study, "ledger")}
    assert any(year in version for version in versions)
    assert study.audit()["findings"] == 0


def _cleaned(rows: Rows) -> dict[str, Any]:
    return next(row for row in rows if not row["reason"])


def _refused(rows: Rows) -> dict[str, Any]:
    return next(row for row in rows if row["reason"])


CHANGES: dict[str, tuple[str, Callable[[Rows], object], dict[str, int]]] = {
    "a cleaned one called rejected": (
        "ledger",
        lambda rows: _cleaned(rows).update(reason="changed"),
        {"rejected_but_written": 1, "row_missing_or_extra rejected.parquet": 1},
    ),
    "a rejected one with an object": (
        "ledger",
        lambda rows: _refused(rows).update(object_sha256="0" * 64),
        {"object_of_ledger_missing": 1, "rejected_but_written": 1},
    ),
    "a rejected one with frames": (
        "ledger",
        lambda rows: _refused(rows).update(frames=2),
        {"rejected_but_written": 1},
    ),
    "a rejected one called cleaned": (
        "ledger",
        lambda rows: _refused(rows).update(reason=""),
        {"row_missing_or_extra ledger.parquet": 1, "row_missing_or_extra rejected.parquet": 1},
    ),
    "another number of frames": (
        "ledger",
        lambda rows: _cleaned(rows).update(frames=9),
        {"frames_not_as_in_ledger": 1},
    ),
    "a row twice": (
        "ledger",
        lambda rows: rows.append(rows[-1]),
        {"row_missing_or_extra ledger.parquet": 1},
    ),
    "another reason": (
        "rejected",
        lambda rows: rows[0].update(reason="changed"),
        {"rejected_not_as_in_ledger": 1},
    ),
    "no reason": (
        "rejected",
        lambda rows: rows.clear(),
        {"row_missing_or_extra rejected.parquet": 1},
    ),
}


@pytest.mark.parametrize("how", CHANGES)
def test_the_audit_holds_the_ledger_to_the_tables_though_its_chain_is_whole(
    study: Study, how: str
) -> None:
    table, change, due = CHANGES[how]
    rewrite(study, table, change)
    assert findings(study) == due

"""What a page says of the audit, in each state that a study's folder can be in."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.deidentify.audit_state import STATES, audit_state
from pipeline.deidentify.cases import Cases
from pipeline.deidentify.tables import LEDGER
from pipeline.errors import StudyError
from pipeline.io.tables import read_rows
from tests.deidentify.conftest import Study


def state_of(study: Study, log: Path) -> str:
    ledger = study.out / "ledger.parquet"
    head = Cases(lambda: read_rows(ledger, LEDGER)).head
    state = audit_state(ledger, head, study.out / "audit.json", log)
    assert state.words == STATES[state.name]
    assert (state.report is not None) == (state.name == "passed")
    return state.name


def test_a_study_goes_through_every_state(make_study: Callable[[], Study], tmp_path: Path) -> None:
    study, log = make_study(), tmp_path / "audit.log"
    assert state_of(study, log) == "not_run"
    log.write_text("200 of 681 frames checked\n")
    assert state_of(study, log) == "unfinished"
    kept = study.parts[0].read_bytes()
    study.parts[0].write_bytes(study.parts[1].read_bytes())
    with pytest.raises(StudyError) as fault:
        study.audit()
    log.write_text(f"error: {fault.value}\n")
    assert state_of(study, log) == "found"
    # The next cleaning is later than that log.
    study.parts[0].write_bytes(kept)
    later = log.stat().st_mtime_ns + 1
    os.utime(study.out / "ledger.parquet", ns=(later, later))
    assert state_of(study, log) == "not_run"
    study.audit()
    assert state_of(study, log) == "passed"


def test_a_report_of_an_earlier_cleaning_does_not_count(study: Study, tmp_path: Path) -> None:
    study.audit()
    report = json.loads((study.out / "audit.json").read_text())
    report["heads"]["ledger"] = "0" * 64
    (study.out / "audit.json").write_text(json.dumps(report))
    assert state_of(study, tmp_path / "audit.log") == "outdated"

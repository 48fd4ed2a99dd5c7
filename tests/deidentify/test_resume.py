"""Killed at any moment and run again, a part ends with the same bytes and nothing else."""

import os
import random
import time
from pathlib import Path

import pytest

from tests.deidentify.conftest import Study
from tests.dicom_files import write_archive
from tests.kills import killed_after

# INSONATE_KILLS=20 is how often it was measured by hand.
KILLS = int(os.environ.get("INSONATE_KILLS", "5"))


def finals(study: Study) -> list[Path]:
    return [
        *study.parts,
        *study.tables,
        *study.rejections,
        *study.ledgers,
        *study.reviews,
        *study.objects,
    ]


def clean_twice(study: Study) -> None:
    study.clean()
    study.clean()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write_archive(tmp_path / "raw", patients=6)
    return tmp_path / "raw"


def test_kills_leave_no_half_file_and_a_rerun_ends_with_the_same_bytes(
    archive: Path, tmp_path: Path
) -> None:
    whole, again = Study(archive, tmp_path / "whole"), Study(archive, tmp_path / "again")
    whole.scan()
    again.scan()
    began = time.monotonic()
    whole.clean()
    seconds = time.monotonic() - began
    expected = {path.name: path.read_bytes() for path in finals(whole)}
    draw = random.Random(0)
    killed = 0
    for _ in range(KILLS):
        killed += killed_after(draw.uniform(0, 1.5 * seconds), clean_twice, again)
        for path in filter(Path.exists, finals(again)):
            assert path.read_bytes() == expected[path.name]
    assert killed
    again.clean()
    assert {path.name: path.read_bytes() for path in finals(again)} == expected
    assert {path.name for path in again.out.iterdir()} == {p.name for p in whole.out.iterdir()}


def test_what_a_killed_run_left_is_removed(archive: Path, tmp_path: Path) -> None:
    study = Study(archive, tmp_path / "out")
    study.scan()
    left = study.out / ".part-0.tar.99999.tmp"
    left.write_bytes(b"half a tar")
    study.clean()
    assert not left.exists()

from pathlib import Path

import pandas as pd
import pytest

from pipeline.deidentify.collect import collect
from pipeline.deidentify.tables import FRAMES, REJECTED_ROWS
from pipeline.errors import StudyError
from pipeline.io.tables import read_table, write_table
from tests.deidentify.conftest import Study


def change(path: Path, table: pd.DataFrame) -> None:
    write_table(table, FRAMES, path)


def fullest(study: Study) -> Path:
    return max(study.tables, key=lambda path: len(read_table(path, FRAMES)))


def refused(study: Study) -> str:
    frames = study.out / "frames.parquet"
    before = frames.read_bytes()
    with pytest.raises(StudyError, match="forcerun ingest_scan") as caught:
        study.collect()
    assert frames.read_bytes() == before
    return str(caught.value)


def test_nothing_is_lost_and_rows_are_sorted(study: Study) -> None:
    frames = read_table(study.out / "frames.parquet", FRAMES)
    parts = [read_table(path, FRAMES) for path in study.tables]
    assert list(frames.frame) == sorted(frame for part in parts for frame in part.frame)
    counts = study.collect()
    assert counts == {
        "instances": 6,
        "frames": 12,
        "rejected_instances": 0,
        "patients": 3,
        "instances_to_review": 0,
    }


def test_the_order_of_the_parts_does_not_matter(study: Study) -> None:
    names = ("frames", "rejected", "ledger", "review")
    backwards = [study.out / f"backwards_{name}.parquet" for name in names]
    collect(
        study.key,
        study.out / "instances.parquet",
        study.tables[::-1],
        study.rejections[::-1],
        study.ledgers[::-1],
        study.reviews[::-1],
        *backwards,
    )
    for name, path in zip(names, backwards, strict=True):
        assert path.read_bytes() == (study.out / f"{name}.parquet").read_bytes()


def test_a_lost_instance_stops_the_study(study: Study) -> None:
    table = read_table(fullest(study), FRAMES)
    change(fullest(study), table[table.instance != table.instance.iloc[0]])
    assert refused(study).startswith("1 instances")


def test_a_lost_frame_stops_the_study(study: Study) -> None:
    change(fullest(study), read_table(fullest(study), FRAMES).iloc[1:])
    refused(study)


def test_a_doubled_part_stops_the_study(study: Study) -> None:
    table = read_table(fullest(study), FRAMES)
    change(fullest(study), pd.concat([table, table]))
    refused(study)


def test_an_instance_both_kept_and_rejected_stops_the_study(study: Study) -> None:
    instance = read_table(fullest(study), FRAMES).instance.iloc[0]
    row = {"instance": instance, "reason": "changed", "detail": ""}
    write_table([row], REJECTED_ROWS, study.rejections[0])
    refused(study)
    write_table([row | {"instance": "0" * 32}], REJECTED_ROWS, study.rejections[0])
    refused(study)

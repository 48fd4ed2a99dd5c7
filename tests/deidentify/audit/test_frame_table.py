"""What the audit reads of the table of frames, some rows at a time."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.deidentify.audit.frame_table import StatedFrames, stated_instances
from pipeline.deidentify.tables import FRAMES
from pipeline.io.tables import write_table

# Beyond the rows that are read at once.
INSTANCES, FRAMES_EACH = 500, 5


def row(instance: int, index: int) -> dict[str, Any]:
    return dict.fromkeys(FRAMES.names) | {
        "instance": f"{instance:032x}",
        "frame": f"{instance:032x}_{index:04d}",
        "frame_index": index,
        "patient": f"patient {instance // 3}",
        "shard": f"part-{instance % 2}.tar",
        "pixels_sha256": hashlib.sha256(f"{instance} {index}".encode()).hexdigest(),
        "sector_x0": 1,
        "sector_y0": 2,
        "sector_x1": 3 + instance,
        "sector_y1": 4,
    }


ROWS = [row(instance, index) for instance in range(INSTANCES) for index in range(FRAMES_EACH)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    write_table(ROWS, FRAMES, tmp_path / "frames.parquet")
    return tmp_path / "frames.parquet"


def due(instance: int) -> dict[str, str]:
    rows = [row(instance, index) for index in range(FRAMES_EACH)]
    return {one["frame"]: one["pixels_sha256"] for one in rows}


def test_an_instance_is_told_with_all_its_frames(table: Path) -> None:
    found = stated_instances(table)
    assert list(found) == [f"{instance:032x}" for instance in range(INSTANCES)]
    one = found[f"{300:032x}"]
    digests = json.dumps(list(due(300).values()), separators=(",", ":"))
    assert one == ("patient 100", (1, 2, 303, 4), 5, hashlib.sha256(digests.encode()).digest())


def test_the_frames_of_a_tar_are_given_instance_after_instance(table: Path) -> None:
    frames = StatedFrames(table, "part-1.tar")
    for instance in range(1, INSTANCES, 2):
        assert frames.of(f"{instance:032x}") == due(instance)


def test_instances_may_be_passed_over_but_not_gone_back_to(table: Path) -> None:
    frames = StatedFrames(table, "part-1.tar")
    assert frames.of(f"{401:032x}") == due(401)
    assert not frames.of(f"{401:032x}")
    assert not frames.of(f"{7:032x}")
    assert frames.of(f"{403:032x}") == due(403)


def test_what_the_table_has_not_in_the_tar_is_empty(table: Path) -> None:
    frames = StatedFrames(table, "part-0.tar")
    assert not frames.of(f"{3:032x}")
    assert frames.of(f"{4:032x}") == due(4)
    assert not frames.of("f" * 32)
    assert not StatedFrames(table, "part-9.tar").of(f"{0:032x}")

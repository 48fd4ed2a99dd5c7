"""The frame stream: complete, seeded, resumable."""

from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.pretrain.stream import FrameStream
from tests.pretrain.frames import write_frames


def names(stream: FrameStream, count: int) -> list[int]:
    return [int(frame[0, 0]) for frame in stream.take(count)]


def test_each_epoch_holds_every_frame_once_in_a_new_order(tmp_path: Path) -> None:
    stream = FrameStream(write_frames(tmp_path), seed=1, shuffle_buffer=5)
    first, second = names(stream, 14), names(stream, 14)
    assert sorted(first) == sorted(second) == [16 * s + i for s in range(2) for i in range(7)]
    assert first != second


def test_the_seed_sets_the_order(tmp_path: Path) -> None:
    shards = write_frames(tmp_path)
    orders = [names(FrameStream(shards, seed, 5), 20) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize("taken", [0, 3, 13, 14, 15, 30])
def test_a_position_resumes_the_same_stream(tmp_path: Path, taken: int) -> None:
    shards = write_frames(tmp_path)
    whole = names(FrameStream(shards, 1, 5), 44)
    interrupted = FrameStream(shards, 1, 5)
    interrupted.take(taken)
    resumed = FrameStream(shards, 1, 5, interrupted.position)
    assert names(resumed, 44 - taken) == whole[taken:]


def test_empty_shards_are_a_study_error(tmp_path: Path) -> None:
    shards = write_frames(tmp_path, shards=1, frames=0)
    with pytest.raises(StudyError, match="hold no frame"):
        FrameStream(shards, 1, 5).take(1)

"""Task shards as arrays."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import StudyError
from pipeline.io.predictions import PREDICTIONS, write_predictions
from pipeline.io.samples import read_samples
from pipeline.io.shards import open_shard
from pipeline.io.tables import read_table
from tests.finetune.discs import DETECTION, FOUR_TYPES, REGRESSION, SEGMENTATION, write_splits


def test_positions_are_shares_of_the_native_image(tmp_path: Path) -> None:
    tasks = read_samples(write_splits(tmp_path)["train"], 32)
    assert list(tasks) == list(FOUR_TYPES)
    boxes, points = tasks[DETECTION].boxes_N4, tasks[REGRESSION].points_NK2
    assert boxes is not None
    assert points is not None
    assert (boxes[:, :2] < boxes[:, 2:]).all()
    assert boxes.min() >= 0
    assert boxes.max() <= 1
    bright = tasks[DETECTION].images_NHW > 160
    for box, image in zip(boxes, bright, strict=True):
        rows, columns = np.nonzero(image)
        seen = np.array([columns.mean(), rows.mean()]) / 32
        np.testing.assert_allclose(seen, (box[:2] + box[2:]) / 2, atol=0.06)


def test_a_point_at_the_origin_is_missing(tmp_path: Path) -> None:
    from pipeline.io.images import encode_png

    path = tmp_path / "a.tar"
    with open_shard(path) as shard:
        described = (
            b'{"task": "FUGC", "height": 20, "width": 40, "group": "g", '
            b'"points": [[10, 10], [0, 0]]}'
        )
        shard.add("a", {"image.png": encode_png(np.zeros((20, 40), np.uint8)), "json": described})
    samples = read_samples([path], 16)["FUGC"]
    assert samples.points_NK2 is not None
    assert samples.visible_NK is not None
    assert samples.points_NK2[0, 0].tolist() == [0.25, 0.5]
    assert samples.visible_NK.tolist() == [[True, False]]


def test_unlabelled_shards_have_sizes_only(tmp_path: Path) -> None:
    samples = read_samples(write_splits(tmp_path)["test"], 16)[SEGMENTATION]
    assert samples.masks_NHW is None
    assert samples.sizes_N2.shape == (8, 2)


def test_selecting_rows_keeps_images_and_labels_together(tmp_path: Path) -> None:
    samples = read_samples(write_splits(tmp_path)["train"], 16)[SEGMENTATION]
    chosen = samples.select([5, 2])
    assert chosen.keys == (samples.keys[5], samples.keys[2])
    assert samples.masks_NHW is not None
    assert chosen.masks_NHW is not None
    np.testing.assert_array_equal(chosen.masks_NHW, samples.masks_NHW[[5, 2]])


def test_empty_shards_are_a_study_error(tmp_path: Path) -> None:
    with open_shard(tmp_path / "a.tar"):
        pass
    with pytest.raises(StudyError, match="no sample"):
        read_samples([tmp_path / "a.tar"], 16)


def test_predictions_are_sorted_with_nulls_where_nothing_was_said(tmp_path: Path) -> None:
    rows = [
        {"task": "b", "sample": "1", "probs": [0.5, 0.5]},
        {"task": "a", "sample": "2", "box": [0.0, 1.0, 2.0, 3.0]},
        {"task": "a", "sample": "1", "mask": b"png"},
    ]
    write_predictions(rows, tmp_path / "p.parquet")
    table = read_table(tmp_path / "p.parquet", PREDICTIONS)
    assert list(zip(table["task"], table["sample"], strict=True)) == [
        ("a", "1"),
        ("a", "2"),
        ("b", "1"),
    ]
    assert table["points"].isna().all()

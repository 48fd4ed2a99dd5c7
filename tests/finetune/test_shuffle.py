"""Shuffled labels: the same labels, and nothing to learn from them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pipeline.finetune.shuffle import dealt_labels, rows_of_other_groups, shuffle_labels
from pipeline.io.samples import TaskSamples, read_samples
from tests.finetune.discs import DETECTION, FOUR_TYPES, REGRESSION, SEGMENTATION, write_splits


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TaskSamples]:
    return read_samples(write_splits(tmp_path_factory.mktemp("discs"))["train"], 32)


@pytest.mark.parametrize("counts", [(19, 19), (20, 10, 8), (1, 7, 7, 9), (30, 2), (5,)])
def test_every_class_is_dealt_the_same_mix(counts: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    dealt = dealt_labels(labels, rng)
    assert Counter(dealt.tolist()) == Counter(labels.tolist())
    for true, size in enumerate(counts):
        for given, of_all in enumerate(counts):
            found = ((labels == true) & (dealt == given)).sum()
            assert abs(found - size * of_all / sum(counts)) <= 1.5


def test_no_row_gets_a_row_of_its_own_group() -> None:
    groups = tuple(f"patient{row // 3}" for row in range(40))
    for seed in range(5):
        source = rows_of_other_groups(groups, np.random.default_rng(seed))
        assert sorted(source.tolist()) == list(range(40))
        assert all(groups[a] != groups[b] for a, b in enumerate(source))


def test_images_stay_and_sizes_of_labels_stay(samples: dict[str, TaskSamples]) -> None:
    for task in FOUR_TYPES:
        shuffled = shuffle_labels(samples[task], 1, "train")
        np.testing.assert_array_equal(shuffled.images_NHW, samples[task].images_NHW)
        assert shuffled.keys == samples[task].keys
    masks, boxes = samples[SEGMENTATION].masks_NHW, samples[DETECTION].boxes_N4
    new_masks = shuffle_labels(samples[SEGMENTATION], 1).masks_NHW
    new_boxes = shuffle_labels(samples[DETECTION], 1).boxes_N4
    assert masks is not None
    assert new_masks is not None
    assert boxes is not None
    assert new_boxes is not None
    assert sorted(masks.sum(axis=(1, 2))) == sorted(new_masks.sum(axis=(1, 2)))
    old_sizes, new_sizes = (np.sort(b[:, 2:] - b[:, :2], axis=0) for b in (boxes, new_boxes))
    np.testing.assert_allclose(old_sizes, new_sizes, atol=1e-6)
    assert new_boxes.min() >= 0
    assert new_boxes.max() <= 1


def test_positions_no_longer_follow_the_image(samples: dict[str, TaskSamples]) -> None:
    true = samples[REGRESSION].points_NK2
    shuffled = shuffle_labels(samples[REGRESSION], 1).points_NK2
    assert true is not None
    assert shuffled is not None
    correlation = np.corrcoef(true[:, 0, 0], shuffled[:, 0, 0])[0, 1]
    assert abs(correlation) < 0.5
    assert 0 <= shuffled.min() <= shuffled.max() <= 1


def test_the_seed_and_the_stream_set_the_shuffle(samples: dict[str, TaskSamples]) -> None:
    first, again, other = (
        shuffle_labels(samples[DETECTION], 1, name).boxes_N4 for name in ("a", "a", "b")
    )
    assert first is not None
    assert other is not None
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_shards_without_groups_of_two_are_shuffled_too(tmp_path: Path) -> None:
    only = read_samples(write_splits(tmp_path, (SEGMENTATION,), train=1)["train"], 32)
    assert len(shuffle_labels(only[SEGMENTATION], 1)) == 1

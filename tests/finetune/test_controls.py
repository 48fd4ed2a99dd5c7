"""The constant control's answers from labels that are known."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.finetune.controls import best_constant_mask, constant_answer, to_native
from pipeline.io.images import decode_png
from pipeline.io.samples import TaskSamples
from pipeline.tasks.catalogue import load_catalogue

TASKS = load_catalogue()
PLAIN = TaskSamples(
    keys=("a", "b", "c", "d"),
    groups=("g",) * 4,
    sizes_N2=np.full((4, 2), 100),
    images_NHW=np.zeros((4, 8, 8), np.uint8),
)


def test_class_shares() -> None:
    samples = replace(PLAIN, labels_N=np.array([1, 1, 0, 1]))
    answer = to_native(constant_answer(TASKS["breast_3cls"], samples), 50, 60)
    assert answer == {"probs": [0.25, 0.75, 0.0]}


def test_mean_box_in_native_pixels() -> None:
    boxes = np.array([[0.1, 0.2, 0.5, 0.6]] * 3 + [[0.5, 0.6, 0.9, 1.0]], np.float32)
    answer = constant_answer(TASKS["thyroid_nodule_det"], replace(PLAIN, boxes_N4=boxes))
    assert to_native(answer, 100, 200)["box"] == pytest.approx([40, 30, 120, 70], abs=1e-4)


def test_mean_of_the_visible_landmarks_only() -> None:
    points = np.array([[[0.2, 0.4], [0.8, 0.8]]] * 3 + [[[0.6, 0.8], [0.0, 0.0]]], np.float32)
    visible = np.array([[True, True]] * 3 + [[True, False]])
    samples = replace(PLAIN, points_NK2=points, visible_NK=visible)
    answer = to_native(constant_answer(TASKS["FUGC"], samples), 100, 100)
    assert answer["points"] == pytest.approx([30, 50, 80, 80], abs=1e-4)


def test_the_best_constant_mask_is_where_most_masks_are() -> None:
    masks = np.zeros((4, 8, 8), np.uint8)
    masks[:3, :4] = 1
    masks[3, 4:] = 1
    answer = constant_answer(TASKS["thyroid_nodule"], replace(PLAIN, masks_NHW=masks))
    native = decode_png(to_native(answer, 16, 24)["mask"])
    assert native.shape == (16, 24)
    assert (native[:8] == 1).all()
    assert (native[8:] == 0).all()


def test_the_best_constant_mask_beats_the_commonest_class_on_scattered_masks() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32]
    centres = rng.uniform(10, 22, (30, 2))
    masks = np.stack([np.hypot(y - cy, x - cx) < 5 for cy, cx in centres]).astype(np.uint8)
    best = best_constant_mask(masks, 2)
    commonest = (masks.mean(axis=0) > 0.5).astype(np.uint8)

    def dice(constant: np.ndarray) -> float:
        overlap = (masks & constant).sum(axis=(1, 2))
        return float(np.mean(2 * overlap / (masks.sum(axis=(1, 2)) + constant.sum())))

    assert dice(best) > dice(commonest)

"""Intersection over union as the challenge's `evaluate.py` computes it: one box per image."""

import numpy as np

from pipeline.evaluate.bootstrap import Floats


def iou(true_N4: Floats, predicted_N4: Floats) -> Floats:
    """Return each pair's shared area over joint area, 0 when the joint area is 0.

    Boxes are x0, y0, x1, y1 in pixels; the areas are signed, as in the challenge, so a reversed
    box scores 0.
    """
    corner_N2 = np.maximum(true_N4[:, :2], predicted_N4[:, :2])
    opposite_N2 = np.minimum(true_N4[:, 2:], predicted_N4[:, 2:])
    shared_N = np.clip(opposite_N2 - corner_N2, 0, None).prod(axis=1)
    areas_N = sum((box[:, 2:] - box[:, :2]).prod(axis=1) for box in (true_N4, predicted_N4))
    joint_N = areas_N - shared_N
    iou_N: Floats = np.divide(shared_N, joint_N, out=np.zeros_like(shared_N), where=joint_N != 0)
    return iou_N

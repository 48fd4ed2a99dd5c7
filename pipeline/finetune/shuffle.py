"""The shuffled-labels control: images whose labels tell nothing, not even by accident.

A plain permutation is not enough for small training sets. Two classes agree with their shuffled
selves more or less often than by chance, and a good model needs only the sign of that. And
wherever organs lie in the same place in all images, another image's mask still says which grey
levels are there. So classes are dealt out evenly, and positions are displaced at random.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.io.samples import TaskSamples
from pipeline.io.seeds import generator


def dealt_labels(
    labels_N: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return a permutation of the labels in which every true class gets the same mix of labels.

    The labels are laid out in turn, each class evenly over the whole length, and dealt to the
    rows sorted by their true class.
    """
    order = rng.permutation(len(labels_N))
    rows = order[np.argsort(labels_N[order], kind="stable")]
    sorted_N = labels_N[rows]
    counts = np.bincount(sorted_N)
    starts = np.cumsum(counts) - counts
    nth_N = np.arange(len(rows)) - starts[sorted_N]
    turn = np.argsort((nth_N + rng.random(counts.size)[sorted_N]) / counts[sorted_N], kind="stable")
    dealt_N = np.empty_like(labels_N)
    dealt_N[rows] = sorted_N[turn]
    return dealt_N


def rows_of_other_groups(
    groups: tuple[str, ...], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return a permutation of the rows that gives each the row of another group.

    The groups are put in a random order, and each row gets the row half a round further on (so
    a group that holds half of all rows may meet itself).
    """
    names = sorted(set(groups))
    place = dict(zip(names, rng.permutation(len(names)).tolist(), strict=True))
    ordered = sorted(range(len(groups)), key=lambda row: (place[groups[row]], row))
    source = np.empty(len(groups), np.int64)
    source[ordered] = np.roll(ordered, -(len(groups) // 2))
    return source


def displace(samples: TaskSamples, rng: np.random.Generator) -> TaskSamples:
    """Move every mask, box and set of points to a random place; what leaves comes in again.

    Boxes keep their size and stay whole.
    """
    moved = samples
    shift_N2 = rng.random((len(samples), 2)).astype(np.float32)
    if samples.masks_NHW is not None:
        steps_N2 = (shift_N2 * samples.masks_NHW.shape[1:]).astype(int)
        masks = [
            np.roll(mask, step, axis=(0, 1))
            for mask, step in zip(samples.masks_NHW, steps_N2.tolist(), strict=True)
        ]
        moved = replace(moved, masks_NHW=np.stack(masks))
    if samples.boxes_N4 is not None:
        size_N2 = samples.boxes_N4[:, 2:] - samples.boxes_N4[:, :2]
        corner_N2 = shift_N2 * (1 - size_N2)
        boxes_N4 = np.concatenate([corner_N2, corner_N2 + size_N2], axis=1)
        moved = replace(moved, boxes_N4=boxes_N4)
    if samples.points_NK2 is not None:
        moved = replace(moved, points_NK2=(samples.points_NK2 + shift_N2[:, None]) % 1)
    return moved


def shuffle_labels(samples: TaskSamples, seed: int, *stream: object) -> TaskSamples:
    """Return the same images with labels from which nothing true can be learnt."""
    rng = generator(seed, "shuffled-labels", *stream)
    if samples.labels_N is not None:
        return replace(samples, labels_N=dealt_labels(samples.labels_N, rng))
    source = rows_of_other_groups(samples.groups, rng)
    return displace(samples.with_targets_of(source.tolist()), rng)

"""From labelled rows to groups, splits and the leakage report, across all tasks together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.io.images import Image
from pipeline.tasks.balance import describe_balance
from pipeline.tasks.groups import group_rows
from pipeline.tasks.leakage import describe_groups, describe_leaks, describe_links, find_links
from pipeline.tasks.near_duplicates import near_duplicates
from pipeline.tasks.split import Member, draw_splits
from pipeline.tasks.strata import Traits, classes_of, sizes_of

# Columns that name the patient or clip of a row, "" where unknown.
OWNERS = ("clip", "patient")


@dataclass(frozen=True)
class Partition:
    """The group and the split of each row, and what is told of them in leakage.json."""

    groups: list[str]
    splits: list[str]
    report: dict[str, Any]


def partition(
    rows: pd.DataFrame,
    traits: Sequence[Traits],
    fingerprints: Mapping[str, Image],
    shares: Mapping[str, float],
    least_correlation: float,
    seed: int,
    order: Sequence[str],
) -> Partition:
    """Link the rows of all tasks, split them by group, and report on it.

    Args:
        rows: the columns task, sample, image_sha256, clip, patient and official_test (whether the
            data set's authors keep the image for tests: its whole group then goes to test).
        traits: what the label of each row tells.
        fingerprints: `views_V32x32` of each picture, by image_sha256.
        shares: the wanted share of each split.
        least_correlation: from which on two pictures are near-duplicates.
        seed: the study's seed.
        order: every task, in the order of the catalogue.
    """
    copies_P2 = _copies(rows["image_sha256"], fingerprints, least_correlation)
    ranks = rows["task"].map({task: rank for rank, task in enumerate(order)})
    owners = [list(rows[name]) for name in OWNERS]
    pictures = list(rows["image_sha256"])
    groups = group_rows(pictures, owners, copies_P2, list(ranks))
    sizes = sizes_of(list(rows["task"]), traits)

    def members(names: Sequence[str]) -> list[Member]:
        labels = zip(names, rows["task"], traits, sizes, strict=True)
        return [Member(name, task, classes_of(row), size) for name, task, row, size in labels]

    official = pd.Series(groups)[rows["official_test"].to_numpy(bool)]
    fixed = dict.fromkeys(official, "test")
    splits = draw_splits(members(groups), shares, seed, order, fixed)
    # As a split that knows no links would draw them: every row on its own.
    alone = list(rows["task"] + "/" + rows["sample"])
    naive = pd.Series(draw_splits(members(alone), shares, seed, order), index=rows.index)
    drawn = rows.assign(group=groups, split=splits)
    without = group_rows(pictures, owners, copies_P2[:0], list(ranks))
    report = {
        "rows": len(rows),
        "images": int(rows["image_sha256"].nunique()),
        **describe_groups(drawn),
        "groups_without_near_duplicates": len(set(without)),
        "groups_fixed_to_test": len(fixed),
        "links": describe_links(find_links(rows, OWNERS, copies_P2), drawn, naive),
        "test_rows_leaked": describe_leaks(drawn, naive),
        "tasks": describe_balance(members(groups), splits, shares),
    }
    return Partition(groups, splits, report)


def _copies(
    pictures: pd.Series, fingerprints: Mapping[str, Image], least_correlation: float
) -> npt.NDArray[np.int64]:
    """Return positions of rows that show near-duplicates: the first row of either picture."""
    digests = pictures.to_numpy()
    _, first = np.unique(digests, return_index=True)
    first.sort()
    pairs_P2 = near_duplicates([fingerprints[digests[row]] for row in first], least_correlation)
    return np.asarray(first[pairs_P2], np.int64).reshape(-1, 2)

"""From labelled rows to groups, splits and the leakage report, across all tasks together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.errors import StudyError
from pipeline.io.images import Image
from pipeline.tasks.balance import describe_balance
from pipeline.tasks.groups import components, group_rows
from pipeline.tasks.leakage import describe_groups, describe_leaks, describe_links, find_links
from pipeline.tasks.near_duplicates import near_duplicates
from pipeline.tasks.room import SPLITS
from pipeline.tasks.split import Member, draw_splits
from pipeline.tasks.strata import Traits, classes_of, sizes_of

# Columns that name the patient or clip of a row, "" where unknown.
OWNERS = ("clip", "patient")
NO_COPIES = np.empty((0, 2), np.int64)


@dataclass(frozen=True)
class Linked:
    """Rows of all tasks, with the column `group`, and the links by which they are grouped.

    `traits` are those of each row's label; `copies_P2` are positions of rows that show
    near-duplicates: the first row of either picture. Pairs within a long clip are not told.
    """

    rows: pd.DataFrame
    traits: tuple[Traits, ...]
    copies_P2: npt.NDArray[np.int64]

    def is_of_held_out_group(self) -> pd.Series:
        """Say of each row whether it, or a relative of it, is held out."""
        return self.rows["group"].isin(set(self.rows["group"][self.rows["held_out"]]))

    def only(self, kept: pd.Series) -> "Linked":
        """Return the rows for which `kept` is true, in the groups that all rows make.

        A picture that stays keeps its links, and stays held out if any of its rows is.
        """
        stays_N = kept.to_numpy(bool)
        pictures = self.rows["image_sha256"]
        held_out = self.rows["held_out"].groupby(pictures).transform("any")
        rows = self.rows.assign(held_out=held_out)[stays_N].reset_index(drop=True)
        traits = tuple(one for one, stays in zip(self.traits, stays_N, strict=True) if stays)
        first = pd.Series(rows.index, rows["image_sha256"]).groupby(level=0).min()
        ends_P2 = pictures.to_numpy()[self.copies_P2]
        ends_P2 = ends_P2[np.isin(ends_P2, first.index).all(axis=1)]
        return Linked(rows, traits, first[ends_P2.ravel()].to_numpy(np.int64).reshape(-1, 2))

    def members(self, groups: Iterable[str]) -> list[Member]:
        """Return the rows as the split sees them, in the groups given."""
        tasks = list(self.rows["task"])
        labels = zip(groups, tasks, self.traits, sizes_of(tasks, self.traits), strict=True)
        return [Member(group, task, classes_of(row), size) for group, task, row, size in labels]


def link_rows(
    rows: pd.DataFrame,
    traits: Sequence[Traits],
    fingerprints: Mapping[str, Image],
    least_correlation: float,
    order: Sequence[str],
) -> Linked:
    """Find all links between rows, and with them the groups.

    Args:
        rows: the columns task, sample, image_sha256, clip, patient, held_out (whether the image
            may serve for testing only, by its data set's own rules) and published (the split that
            its data set gives it, or "").
        traits: what the label of each row tells.
        fingerprints: `views_V32x32` of each picture, by image_sha256.
        least_correlation: from which on two pictures are near-duplicates.
        order: every task, in the order of the catalogue.
    """
    digests = rows["image_sha256"].to_numpy()
    first = np.sort(np.unique(digests, return_index=True)[1])
    joined = components(len(rows), [list(digests), *_owners(rows)], NO_COPIES)[first]
    views = [fingerprints[digests[row]] for row in first]
    pairs_P2 = near_duplicates(views, least_correlation, joined.tolist())
    copies_P2 = first[pairs_P2].reshape(-1, 2)
    return Linked(rows.assign(group=_groups(rows, copies_P2, order)), tuple(traits), copies_P2)


def _groups(
    rows: pd.DataFrame, copies_P2: npt.NDArray[np.int64], order: Sequence[str]
) -> list[str]:
    ranks = rows["task"].map({task: rank for rank, task in enumerate(order)})
    return group_rows(list(rows["image_sha256"]), _owners(rows), copies_P2, list(ranks))


def _owners(rows: pd.DataFrame) -> list[list[str]]:
    return [list(rows[name]) for name in OWNERS]


def _fixed(rows: pd.DataFrame) -> dict[str, str]:
    """Return the groups whose split is given: by the strictest wish of any of their rows.

    What a data set publishes for training may serve to select models where it publishes nothing
    else for that.
    """
    published = rows.groupby("task")["published"].agg(set)
    whole = set(published.index[[set(SPLITS) <= splits for splits in published]])
    wishes = {
        "train": (rows["published"] == "train") & rows["task"].isin(whole),
        "val": rows["published"] == "val",
        "test": (rows["published"] == "test") | rows["held_out"],
    }
    fixed: dict[str, str] = {}
    for split, wished in wishes.items():
        fixed |= dict.fromkeys(rows["group"][wished], split)
    return fixed


def split_linked(
    linked: Linked, shares: Mapping[str, float], seed: int, order: Sequence[str]
) -> tuple[list[str], dict[str, Any]]:
    """Return the split of each row, and the report for leakage.json.

    Groups with a held-out row go to test, others where their data set wants them. Raises
    StudyError when a link is between splits.
    """
    rows = linked.rows
    fixed = _fixed(rows)
    members = linked.members(rows["group"])
    splits = draw_splits(members, shares, seed, order, fixed)
    # As a split that knows no links would draw them: every row on its own.
    alone = linked.members(rows["task"] + "/" + rows["sample"])
    naive = pd.Series(draw_splits(alone, shares, seed, order), index=rows.index)
    drawn = rows.assign(split=splits)
    links = describe_links(find_links(rows, OWNERS, linked.copies_P2), drawn, naive)
    report = {
        "rows": len(rows),
        "images": int(rows["image_sha256"].nunique()),
        **describe_groups(drawn),
        "groups_without_near_duplicates": len(set(_groups(rows, NO_COPIES, order))),
        "groups_held_out": int(rows["group"][rows["held_out"]].nunique()),
        "groups_of_published_split": int(rows["group"][rows["published"] != ""].nunique()),
        "links": links,
        "test_rows_leaked": describe_leaks(drawn, naive),
        "tasks": describe_balance(members, splits, shares),
    }
    if report["groups_across_splits"] or any(kind["across_splits"] for kind in links.values()):
        raise StudyError("a patient, clip or image is in two splits; this is a defect of the split")
    return splits, report

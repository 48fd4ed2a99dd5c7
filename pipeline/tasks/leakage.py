"""What would have leaked from training to test, and the proof that nothing does."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# Why two rows must stay together.
SAME_PICTURE, NEAR_DUPLICATE, SAME_OWNER = "same_picture", "near_duplicate", "same_patient_or_clip"


def leaked_rows(groups: pd.Series, splits: pd.Series) -> pd.Series:
    """Return, for each test row, whether its group also has a row in train."""
    return groups[splits == "test"].isin(set(groups[splits == "train"]))


def groups_across_splits(groups: pd.Series, splits: pd.Series) -> int:
    """Return how many groups have rows in more than one split."""
    return int((splits.groupby(groups).nunique() > 1).sum())


def find_links(
    rows: pd.DataFrame, owners: Sequence[str], copies_P2: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Return the links between rows: `kind`, `link` (a number) and `row` (a position).

    A link is a picture that several rows show, a patient or clip of several pictures, or a pair
    of pictures that are near-duplicates, with all rows that show them.

    Args:
        rows: the column image_sha256, and those that `owners` names.
        owners: columns that name a patient or clip, where "" is none.
        copies_P2: positions of rows whose pictures are near-duplicates.
    """
    pictures = rows["image_sha256"].reset_index(drop=True)
    shown = pictures.groupby(pictures).transform("size")
    found = [_of_values(SAME_PICTURE, pictures[shown > 1])]
    for owner in owners:
        names = rows[owner].reset_index(drop=True)
        several = pictures.groupby(names).transform("nunique") > 1
        found.append(_of_values(SAME_OWNER, names[several & (names != "")]))
    found.append(_of_pairs(pictures, copies_P2))
    return pd.concat(found, ignore_index=True)


def _of_values(kind: str, values: pd.Series) -> pd.DataFrame:
    links, _ = pd.factorize(values)
    return pd.DataFrame({"kind": kind, "name": values.name, "link": links, "row": values.index})


def _of_pairs(pictures: pd.Series, copies_P2: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the pairs with all rows that show one of the two pictures."""
    ends = pd.DataFrame(
        {
            "link": np.repeat(np.arange(len(copies_P2)), 2),
            "picture": pictures.to_numpy()[copies_P2.ravel()],
        }
    )
    shown = pd.DataFrame({"picture": pictures, "row": pictures.index})
    found = ends.merge(shown, on="picture")
    return found.assign(kind=NEAR_DUPLICATE, name=NEAR_DUPLICATE)[["kind", "name", "link", "row"]]


def describe_links(
    links: pd.DataFrame, rows: pd.DataFrame, naive: pd.Series
) -> dict[str, dict[str, Any]]:
    """Count the links of each kind: all, across tasks, across splits, across those of `naive`.

    `rows` has the columns task and split; `naive` is a split that ignores links. Of the latter
    also the share of test rows is given that such a link joins directly with a training row.
    """
    ends = links.assign(
        task=rows["task"].to_numpy()[links["row"]],
        split=rows["split"].to_numpy()[links["row"]],
        naive=naive.to_numpy()[links["row"]],
    )
    tests = max(1, int((naive == "test").sum()))
    return {
        kind: _counted(ends[ends["kind"] == kind], tests)
        for kind in (SAME_PICTURE, NEAR_DUPLICATE, SAME_OWNER)
    }


def _counted(ends: pd.DataFrame, tests: int) -> dict[str, Any]:
    by_link = ends.groupby(["name", "link"])
    distinct = by_link[["task", "split", "naive"]].nunique()
    trained = (ends["naive"] == "train").groupby([ends["name"], ends["link"]]).transform("any")
    leaked = ends.loc[trained & (ends["naive"] == "test"), "row"].nunique()
    return {
        "links": len(distinct),
        "rows": int(ends["row"].nunique()),
        "across_tasks": int((distinct["task"] > 1).sum()),
        "across_splits": int((distinct["split"] > 1).sum()),
        "across_splits_by_image": int((distinct["naive"] > 1).sum()),
        "test_rows_leaked_by_image": leaked / tests,
    }


def describe_groups(rows: pd.DataFrame) -> dict[str, Any]:
    """Return how many groups there are, and how large the one with most rows is."""
    largest = rows[rows["group"] == rows["group"].value_counts().sort_index().idxmax()]
    return {
        "groups": int(rows["group"].nunique()),
        "largest_group_rows": len(largest),
        "largest_group_images": int(largest["image_sha256"].nunique()),
        "largest_group_tasks": int(largest["task"].nunique()),
        "groups_across_splits": groups_across_splits(rows["group"], rows["split"]),
    }


def describe_leaks(rows: pd.DataFrame, naive: pd.Series) -> dict[str, Any]:
    """Return the share of test rows with a relative in train: as split, and as `naive` splits."""
    by_image = leaked_rows(rows["group"], naive)
    by_task = by_image.groupby(rows["task"]).mean()
    return {
        "split_by_group": float(leaked_rows(rows["group"], rows["split"]).mean()),
        "split_by_image": float(by_image.mean()),
        "split_by_image_of_task": {str(task): float(share) for task, share in by_task.items()},
    }
